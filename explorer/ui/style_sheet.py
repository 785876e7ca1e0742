"""Qt's style sheet of the whole application, made from a theme."""

from explorer.paths import resources_dir
from explorer.ui.theme import SIZES_PX, Theme


def style_sheet(theme: Theme) -> str:
    """Rules for Qt's standard widgets in the theme's colours, at its scale.

    The body font is not here but the application's font: a rule would win over `setFont` everywhere.
    Only what has a font of the system's own (menus, status bar, tool tips) is told its size.
    """
    c, px = theme.colours, theme.px
    body = px(SIZES_PX["body"])
    caption, title = px(SIZES_PX["caption"]), px(SIZES_PX["title"])
    large, number = px(SIZES_PX["large"]), px(SIZES_PX["number"])
    pad, gap, radius = px(4), px(8), px(6)
    # A style sheet takes its small pictures from files, one for each ground.
    ground = "dark" if theme.dark else "light"
    chevron, check = (
        (resources_dir() / "icons" / f"{name}-{ground}.svg").as_posix() for name in ("chevron", "check")
    )
    return f"""
    * {{ color: {c.text}; }}
    QMenuBar, QMenu, QStatusBar, QStatusBar QLabel, QToolTip {{ font-size: {body}px; }}
    QMainWindow, QWidget#ground, QDialog {{ background: {c.window}; }}
    QWidget#surface, QFrame#surface {{ background: {c.surface}; border: 1px solid {c.border};
        border-radius: {radius}px; }}
    QLabel {{ background: transparent; }}
    QLabel[role="title"] {{ font-size: {title}px; font-weight: 600; }}
    QLabel[role="muted"] {{ color: {c.muted}; }}
    QLabel[role="caption"] {{ color: {c.muted}; font-size: {caption}px; }}
    QLabel[role="badge"] {{ color: {c.muted}; font-size: {caption}px; border: 1px solid {c.border};
        border-radius: {pad}px; padding: 0 {pad}px; }}
    QLabel[role="large"] {{ font-size: {large}px; }}
    QLabel[role="number"] {{ font-size: {number}px; font-weight: 600; }}
    QFrame#notice {{ background: {c.warning_fill}; border: 1px solid {c.border};
        border-radius: {radius}px; }}
    QFrame#notice[kind="error"] {{ background: {c.error_fill}; }}
    QFrame#notice[kind="error"] QLabel {{ color: {c.error}; }}
    QFrame#rail {{ background: {c.raised}; border: none; border-right: 1px solid {c.border}; }}
    QFrame#rail QToolButton {{ background: transparent; border: none; border-radius: {radius}px;
        padding: {pad}px 0px; margin: {pad}px; font-size: {caption}px; color: {c.muted}; }}
    QFrame#rail QToolButton:hover {{ background: {c.border}; }}
    QFrame#rail QToolButton:checked {{ background: {c.surface}; color: {c.accent}; font-weight: 600; }}
    QFrame#rail QToolButton:focus {{ border: 1px solid {c.accent}; }}
    QPushButton, QToolButton {{ background: {c.raised}; border: 1px solid {c.border};
        border-radius: {radius}px;
        padding: {pad}px {px(12)}px; }}
    QToolButton {{ padding: {pad}px {gap}px; }}
    QToolButton[kind="small"] {{ font-size: {caption}px; padding: {px(1)}px {px(6)}px; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {c.accent}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {c.accent}; }}
    QPushButton:pressed, QPushButton:checked, QToolButton:checked, QToolButton:pressed {{
        background: {c.selection}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {c.muted}; background: {c.window}; }}
    QPushButton[kind="primary"] {{ background: {c.accent}; color: {c.on_accent};
        border-color: {c.accent}; font-weight: 600; }}
    QPushButton[kind="primary"]:disabled {{ background: {c.raised}; color: {c.muted};
        border-color: {c.border}; }}
    QPushButton[kind="primary"]:focus {{ border-color: {c.text}; }}
    QPushButton[kind="starter"] {{ border-radius: {px(12)}px; background: {c.surface}; }}
    QPushButton[kind="link"] {{ background: transparent; border: none; color: {c.accent}; padding: 0; }}
    QToolButton::menu-indicator {{ image: none; }}
    QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{ background: {c.surface};
        border: 1px solid {c.border}; border-radius: {radius}px; padding: {pad}px {gap}px;
        selection-background-color: {c.selection}; selection-color: {c.text}; }}
    QPlainTextEdit, QTextEdit {{ padding: {pad}px; }}
    QTextEdit#said {{ background: transparent; border: none; padding: 0; font-size: {px(15)}px; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
        QComboBox:focus
        {{ border: 1px solid {c.accent}; }}
    QSpinBox QLineEdit, QDoubleSpinBox QLineEdit, QComboBox QLineEdit {{ border: none;
        padding: 0; background: transparent; }}
    QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
        width: 0; border: none; }}
    QComboBox::drop-down {{ border: none; width: {px(20)}px; }}
    QComboBox::down-arrow {{ image: url("{chevron}"); width: {px(10)}px; height: {px(10)}px; }}
    QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled {{ color: {c.muted};
        background: {c.window}; }}
    QComboBox QAbstractItemView, QMenu, QListView, QTableView, QTreeView {{ background: {c.surface};
    border: 1px solid {c.border}; selection-background-color: {c.selection}; selection-color: {c.text};
        outline: none; }}
    QListView, QTableView, QTreeView {{ border-radius: {radius}px;
        alternate-background-color: {c.window}; gridline-color: {c.grid}; }}
    QHeaderView::section {{ background: {c.window}; color: {c.muted}; border: none;
        border-bottom: 1px solid {c.border};
        padding: {pad}px {gap}px; font-size: {caption}px; }}
    QTabBar {{ background: transparent; }}
    QTabBar::scroller {{ width: {px(48)}px; }}
    QTabBar QToolButton {{ padding: 0; }}
    QTabBar::tab {{ background: transparent; color: {c.muted}; border: none;
        border-bottom: {px(2)}px solid transparent; padding: {pad}px {gap}px; }}
    QTabBar::tab:hover {{ color: {c.text}; border-bottom-color: {c.border}; }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
    QTabBar::tab:selected:focus {{ background: {c.selection}; }}
    QMenu::item {{ padding: {pad}px {px(20)}px; }}
    QMenu::item:selected, QMenuBar::item:selected {{ background: {c.selection}; }}
    QMenu::item:disabled {{ color: {c.muted}; }}
    QMenu::separator {{ height: 1px; background: {c.border}; margin: {pad}px 0; }}
    QMenuBar {{ background: {c.window}; }}
    QMenuBar::item {{ padding: {pad}px {gap}px; background: transparent; }}
    QStatusBar {{ background: {c.raised}; border-top: 1px solid {c.border}; }}
    QStatusBar::item {{ border: none; }}
    QStatusBar QLabel {{ padding: 0 {gap}px; }}
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.border};
        padding: {pad}px; }}
    QProgressBar {{ background: {c.raised}; border: 1px solid {c.border}; border-radius: {pad}px;
        height: {gap}px; text-align: center; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: {pad}px; }}
    QSlider {{ background: transparent; }}
    QSlider::groove:horizontal {{ height: {pad}px; background: {c.border}; border-radius: {px(2)}px; }}
    QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: {px(2)}px; }}
    QSlider::handle:horizontal {{ background: {c.surface}; border: 2px solid {c.accent};
        width: {px(14)}px; height: {px(14)}px;
        margin: -{px(7)}px 0; border-radius: {px(14) // 2 + 2}px; }}
    QSlider::handle:horizontal:focus {{ background: {c.accent}; }}
    QSplitter::handle {{ background: transparent; }}
    QSplitter::handle:hover {{ background: {c.selection}; }}
    QScrollArea {{ background: transparent; border: none; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: {px(12)}px; margin: 0; }}
    QScrollBar::handle {{ background: {c.border}; border-radius: {px(4)}px; margin: {px(2)}px;
        min-height: {px(24)}px; min-width: {px(24)}px; }}
    QScrollBar::handle:hover {{ background: {c.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: none; border: none; width: 0; height: 0; }}
    QCheckBox, QRadioButton {{ background: transparent; spacing: {gap}px; }}
    QCheckBox::indicator, QTableView::indicator {{ width: {px(14)}px; height: {px(14)}px;
        border: 1px solid {c.muted}; border-radius: {px(3)}px; background: {c.surface}; }}
    QCheckBox::indicator:checked, QTableView::indicator:checked {{ background: {c.accent};
        border-color: {c.accent}; image: url("{check}"); }}
    QRadioButton::indicator {{ width: {px(12)}px; height: {px(12)}px; border: 1px solid {c.muted};
        border-radius: {px(12) // 2 + 1}px; background: {c.surface}; }}
    QRadioButton::indicator:checked {{ background: {c.accent}; border: 1px solid {c.accent}; }}
    QRadioButton::indicator:focus {{ border-color: {c.text}; }}
    QCheckBox::indicator:focus {{ border-color: {c.text}; }}
    """
