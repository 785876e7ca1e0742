<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About LLM Explorer</source>
        <translation>关于 LLM Explorer</translation>
    </message>
    <message>
        <source>See, show and teach how language models work, on your own machine.</source>
        <translation>在自己的电脑上看见、展示和讲解语言模型如何工作。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>torch: the engine is not ready yet</source>
        <translation>torch：引擎尚未就绪</translation>
    </message>
    <message>
        <source>Data: {folder}</source>
        <translation>数据：{folder}</translation>
    </message>
    <message>
        <source>MIT License</source>
        <translation>MIT 许可证</translation>
    </message>
    <message>
        <source>Device: {kind}, {name}, {threads} threads</source>
        <translation>设备：{kind}，{name}，{threads} 个线程</translation>
    </message>
    <message>
        <source>, {free} of {total} free</source>
        <translation>，空闲 {free} / 共 {total}</translation>
    </message>
</context>
<context>
    <name>AnswerCard</name>
    <message>
        <source>Answer {letter}</source>
        <translation>回答 {letter}</translation>
    </message>
    <message>
        <source>{letter} is better</source>
        <translation>{letter} 更好</translation>
    </message>
    <message>
        <source>Key {key}</source>
        <translation>{key} 键</translation>
    </message>
    <message>
        <source>(it says nothing)</source>
        <translation>（它什么也没说）</translation>
    </message>
</context>
<context>
    <name>AnswerColumn</name>
    <message>
        <source>Answer {number}</source>
        <translation>回答 {number}</translation>
    </message>
    <message>
        <source>How the model is given the prompt</source>
        <translation>以何种形式把提示交给模型</translation>
    </message>
    <message>
        <source>As the beginning of a document, or as a question in the model's chat format</source>
        <translation>作为文档的开头，或按模型的对话格式作为提问</translation>
    </message>
    <message>
        <source>By its kind</source>
        <translation>按模型类型</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Remove this column</source>
        <translation>移除此列</translation>
    </message>
    <message>
        <source>What the model says</source>
        <translation>模型说的话</translation>
    </message>
    <message>
        <source>What this model says will stand here.</source>
        <translation>这个模型的话会出现在这里。</translation>
    </message>
    <message>
        <source>The tokens of prompt and answer</source>
        <translation>提示和回答的词元</translation>
    </message>
    <message>
        <source>not asked yet</source>
        <translation>尚未提问</translation>
    </message>
    <message>
        <source>Loading the model …</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>没有加载模型。</translation>
    </message>
    <message>
        <source>Choose a model above.</source>
        <translation>请在上方选择模型。</translation>
    </message>
    <message>
        <source>The engine that runs the model stopped. What it said stays here.</source>
        <translation>运行模型的引擎停止了。已说的内容保留在这里。</translation>
    </message>
    <message>
        <source>Start it again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The answer is on the clipboard.</source>
        <translation>回答已复制到剪贴板。</translation>
    </message>
</context>
<context>
    <name>AnsweringPanel</name>
    <message>
        <source>Start it again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>Answers</name>
    <message>
        <source>{name} · step {step}</source>
        <translation>{name} · 第 {step} 步</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>{parameters} parameters</source>
        <translation>{parameters} 参数</translation>
    </message>
    <message>
        <source>weights {hash}</source>
        <translation>权重 {hash}</translation>
    </message>
    <message>
        <source>Loading the model …</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>没有加载模型。</translation>
    </message>
    <message>
        <source>document: the text as it is</source>
        <translation>文档：原样文本</translation>
    </message>
    <message>
        <source>chat: {name}</source>
        <translation>对话：{name}</translation>
    </message>
    <message>
        <source>chat: its own format</source>
        <translation>对话：自有格式</translation>
    </message>
    <message>
        <source>Reading the prompt …</source>
        <translation>正在读取提示…</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} 个词元</translation>
    </message>
    <message>
        <source>{rate} tokens/s</source>
        <translation>{rate} 词元/秒</translation>
    </message>
    <message>
        <source>first after {seconds} s</source>
        <translation>首个词元 {seconds} 秒后</translation>
    </message>
    <message>
        <source>length reached</source>
        <translation>达到长度上限</translation>
    </message>
    <message>
        <source>ended by itself</source>
        <translation>自行结束</translation>
    </message>
    <message>
        <source>context full</source>
        <translation>上下文已满</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
</context>
<context>
    <name>AttemptGrid</name>
    <message>
        <source>Attempts</source>
        <translation>尝试次数</translation>
    </message>
    <message>
        <source>attempt {number}</source>
        <translation>第 {number} 次尝试</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} 个词元</translation>
    </message>
    <message>
        <source>answer {answer}</source>
        <translation>答案 {answer}</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>没有答案</translation>
    </message>
    <message>
        <source>right</source>
        <translation>对</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>错</translation>
    </message>
</context>
<context>
    <name>AttemptsView</name>
    <message>
        <source>Many attempts at the same problem will stand here, right and wrong.</source>
        <translation>对同一道题的多次尝试会出现在这里，有对有错。</translation>
    </message>
</context>
<context>
    <name>AttentionPicker</name>
    <message>
        <source>Average of all</source>
        <translation>全部取平均</translation>
    </message>
    <message>
        <source>What all heads of all layers looked at together</source>
        <translation>所有层的所有注意力头合起来看向了哪里</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Each layer looks at the stream anew; “all” is the average</source>
        <translation>每一层都会重新看一遍词元流；“全部”表示取平均</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>In each layer several heads look for different things; “all” is the average</source>
        <translation>每一层有多个注意力头，各自寻找不同的东西；“全部”表示取平均</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
</context>
<context>
    <name>Authors</name>
    <message>
        <source>Person</source>
        <translation>人</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
</context>
<context>
    <name>BranchChooser</name>
    <message>
        <source>{branch} of {branches}</source>
        <translation>{branch} / {branches}</translation>
    </message>
    <message>
        <source>The branch before</source>
        <translation>上一个分支</translation>
    </message>
    <message>
        <source>The branch after</source>
        <translation>下一个分支</translation>
    </message>
</context>
<context>
    <name>Bubble</name>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Write this turn anew; what followed stays on its own branch</source>
        <translation>重写这一轮；之后的内容保留在原来的分支上</translation>
    </message>
    <message>
        <source>Again</source>
        <translation>重答</translation>
    </message>
    <message>
        <source>Let the model answer anew, with other random numbers</source>
        <translation>换一组随机数，让模型重新回答</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Take this turn out of the stream</source>
        <translation>把这一轮从词元流中去掉</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} 个词元</translation>
    </message>
    <message>
        <source>fallen out of the window</source>
        <translation>已掉出窗口</translation>
    </message>
    <message>
        <source>{name} · {characters} characters</source>
        <translation>{name} · {characters} 个字符</translation>
    </message>
    <message>
        <source>A document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Show all {characters} characters</source>
        <translation>显示全部 {characters} 个字符</translation>
    </message>
    <message>
        <source>Show the first {some} of {all} characters</source>
        <translation>显示 {all} 个字符中的前 {some} 个</translation>
    </message>
    <message>
        <source>Show less</source>
        <translation>收起</translation>
    </message>
</context>
<context>
    <name>CallBox</name>
    <message>
        <source>The model's call</source>
        <translation>模型的调用</translation>
    </message>
    <message>
        <source>Run it</source>
        <translation>执行</translation>
    </message>
    <message>
        <source>Do not run it</source>
        <translation>不执行</translation>
    </message>
    <message>
        <source>The folder is read: {done} of {total} documents</source>
        <translation>正在读取文件夹：第 {done} 篇，共 {total} 篇文档</translation>
    </message>
    <message>
        <source>The program runs the tool; the model waits.</source>
        <translation>程序正在运行工具，模型在等待。</translation>
    </message>
    <message>
        <source>The model has stopped: it wants to search for this. You may change it.</source>
        <translation>模型停下了：它想搜索这个。你可以修改。</translation>
    </message>
    <message>
        <source>The model has stopped: it wants this calculated. You may change it.</source>
        <translation>模型停下了：它想计算这个。你可以修改。</translation>
    </message>
</context>
<context>
    <name>ChatRowEdit</name>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Who says it; any word will do</source>
        <translation>由谁说；可以填任意词</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Remove this message</source>
        <translation>删除这条消息</translation>
    </message>
    <message>
        <source>Message {number}</source>
        <translation>第 {number} 条消息</translation>
    </message>
</context>
<context>
    <name>ChatWork</name>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>How the conversation becomes one text</source>
        <translation>对话如何变成一段文本</translation>
    </message>
    <message>
        <source>The template that fits</source>
        <translation>自动选择合适的模板</translation>
    </message>
    <message>
        <source>ChatML as GPT-4o has it</source>
        <translation>GPT-4o 的 ChatML</translation>
    </message>
    <message>
        <source>ChatML of the models made here</source>
        <translation>本程序所训练模型的 ChatML</translation>
    </message>
    <message>
        <source>The tokenizer's own</source>
        <translation>分词器自带的模板</translation>
    </message>
    <message>
        <source>Your own (Jinja)</source>
        <translation>自己编写 (Jinja)</translation>
    </message>
    <message>
        <source>Special tokens</source>
        <translation>特殊词元</translation>
    </message>
    <message>
        <source>Off: everything is read as text</source>
        <translation>关闭：全部当作普通文本读取</translation>
    </message>
    <message>
        <source>Open the answer</source>
        <translation>引出回答</translation>
    </message>
    <message>
        <source>Write what the model's turn begins with</source>
        <translation>写出模型发言的开头部分</translation>
    </message>
    <message>
        <source>Your own template</source>
        <translation>自己编写的模板</translation>
    </message>
    <message>
        <source>Add a message</source>
        <translation>添加一条消息</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Copy the text</source>
        <translation>复制文本</translation>
    </message>
    <message>
        <source>Copy all ids</source>
        <translation>复制全部编号</translation>
    </message>
    <message>
        <source>Copied the text</source>
        <translation>已复制文本</translation>
    </message>
    <message>
        <source>Copied {count} tokens</source>
        <translation>已复制 {count} 个词元</translation>
    </message>
    <message>
        <source>{count} special tokens, outlined</source>
        <translation>{count} 个特殊词元，以边框标出</translation>
    </message>
    <message>
        <source>This text is too long for a conversation: {count} characters. Paste a part of it.</source>
        <translation>这段文本作为对话太长：{count} 个字符。请只粘贴其中一部分。</translation>
    </message>
    <message>
        <source>This encoding has no token {names}: what the template writes there is read as text.</source>
        <translation>这种编码没有词元 {names}：模板写的这些内容按普通文本读取。</translation>
    </message>
</context>
<context>
    <name>ChipLine</name>
    <message>
        <source>The text's beginning in tokens</source>
        <translation>文本开头的词元</translation>
    </message>
</context>
<context>
    <name>ChipsPage</name>
    <message>
        <source>Text and ids</source>
        <translation>文本和编号</translation>
    </message>
    <message>
        <source>Ids</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Show spaces and line ends in the text</source>
        <translation>显示文本中的空格和换行</translation>
    </message>
    <message>
        <source>Copy ids</source>
        <translation>复制编号</translation>
    </message>
    <message>
        <source>Of the selection, or else of the whole text, as a JSON list</source>
        <translation>所选部分（未选则为全文）的编号，JSON 列表</translation>
    </message>
</context>
<context>
    <name>ChoosingView</name>
    <message>
        <source>Which answer is better?</source>
        <translation>哪个回答更好？</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Back to the runs; your choices are kept (Esc)</source>
        <translation>回到训练；你的选择已保存（Esc）</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Neither is better: the next pair (key S)</source>
        <translation>分不出高下：换下一对（S 键）</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Take the last choice back (key U)</source>
        <translation>撤回上一次选择（U 键）</translation>
    </message>
    <message>
        <source>Keys: A, B, S to skip, U to undo</source>
        <translation>按键：A、B，S 跳过，U 撤销</translation>
    </message>
    <message>
        <source>Both are by {name}. It drew the words twice: only luck differs.</source>
        <translation>两个回答都出自 {name}。同一个模型采样两次，差别只在运气。</translation>
    </message>
    <message>
        <source>It thinks of answers …</source>
        <translation>正在生成回答……</translation>
    </message>
    <message>
        <source>{kept} choices kept</source>
        <translation>已保存 {kept} 次选择</translation>
    </message>
    <message>
        <source>{kept} choices kept; {least} at least are needed, and more teach more.</source>
        <translation>已保存 {kept} 次选择；至少需要 {least} 次，越多越好。</translation>
    </message>
    <message>
        <source>Train a reward model on my {kept} choices</source>
        <translation>用我的 {kept} 次选择训练奖励模型</translation>
    </message>
    <message>
        <source>The engine has died. Your choices are kept, and it goes on when the engine is up again.</source>
        <translation>引擎已停止运行。你的选择都已保存，引擎恢复后继续。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Your last choice could not be kept: choose once more.</source>
        <translation>你的上一次选择没能保存：请再选一次。</translation>
    </message>
    <message>
        <source>It says the same twice: there is nothing to choose. Skip it.</source>
        <translation>两个回答相同，无从选择。请跳过。</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Encodings</source>
        <translation>编码</translation>
    </message>
    <message>
        <source>Which encodings take part</source>
        <translation>哪些编码参与比较</translation>
    </message>
    <message>
        <source>Stop counting</source>
        <translation>停止计数</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>计数</translation>
    </message>
    <message>
        <source>▾ shortest</source>
        <translation>▾ 最短</translation>
    </message>
    <message>
        <source>▴ longest</source>
        <translation>▴ 最长</translation>
    </message>
</context>
<context>
    <name>ComparePanel</name>
    <message>
        <source>Base versus assistant</source>
        <translation>基础模型与助手</translation>
    </message>
    <message>
        <source>A base model goes on with a document; an assistant is the same kind of machine, trained on conversations.</source>
        <translation>基础模型续写文档；助手是同一种机器，只是用对话训练过。</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>One prompt for all: a question, or how a document begins.</source>
        <translation>给所有模型的同一个提示：一个问题，或文档的开头。</translation>
    </message>
    <message>
        <source>Send to all</source>
        <translation>发给全部</translation>
    </message>
    <message>
        <source>Let all models answer (Ctrl+Return)</source>
        <translation>让所有模型回答（Ctrl+Return）</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop all answers (Esc)</source>
        <translation>停止所有回答（Esc）</translation>
    </message>
    <message>
        <source>A question</source>
        <translation>一个问题</translation>
    </message>
    <message>
        <source>The start of a document</source>
        <translation>文档的开头</translation>
    </message>
    <message>
        <source>Who are you?</source>
        <translation>你是谁？</translation>
    </message>
    <message>
        <source>An invented person</source>
        <translation>一个虚构的人</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>换一个种子</translation>
    </message>
    <message>
        <source>The same once more with other random numbers (Ctrl+R)</source>
        <translation>用另一组随机数再来一次（Ctrl+R）</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>The seed before: the same texts come again</source>
        <translation>回到上一个种子：会得到同样的文本</translation>
    </message>
    <message>
        <source>Show tokens</source>
        <translation>显示词元</translation>
    </message>
    <message>
        <source>Show the tokens of prompt and answer, as the model sees them (Ctrl+T)</source>
        <translation>按模型所见显示提示和回答的词元（Ctrl+T）</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 takes the most likely token</source>
        <translation>0 表示总取最可能的词元</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>An answer ends after so many tokens</source>
        <translation>回答到这么多词元为止</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed gives the same random numbers</source>
        <translation>相同的种子给出相同的随机数</translation>
    </message>
    <message>
        <source>Copy the answers as CSV</source>
        <translation>以 CSV 复制回答</translation>
    </message>
    <message>
        <source>Copy the answers as JSON</source>
        <translation>以 JSON 复制回答</translation>
    </message>
    <message>
        <source>Copy everything with token ids</source>
        <translation>复制全部内容（含词元编号）</translation>
    </message>
    <message>
        <source>Save everything with token ids…</source>
        <translation>保存全部内容（含词元编号）…</translation>
    </message>
    <message>
        <source>Save the picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>The answers are on the clipboard.</source>
        <translation>回答已复制到剪贴板。</translation>
    </message>
    <message>
        <source>Prompt, answers and token ids are on the clipboard.</source>
        <translation>提示、回答和词元编号已复制到剪贴板。</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>System line</source>
        <translation>系统行</translation>
    </message>
    <message>
        <source>System line: what stands before everything (may be empty)</source>
        <translation>系统行：排在一切之前的话（可以为空）</translation>
    </message>
    <message>
        <source>Your turn</source>
        <translation>轮到你</translation>
    </message>
    <message>
        <source>Remove the document</source>
        <translation>移除文档</translation>
    </message>
    <message>
        <source>Add a document…</source>
        <translation>添加文档…</translation>
    </message>
    <message>
        <source>A text, Markdown or PDF file that stands in front of the question: drop or paste it, too</source>
        <translation>放在问题前面的文本、Markdown 或 PDF 文件：也可以拖入或粘贴</translation>
    </message>
    <message>
        <source>Hand over</source>
        <translation>交给模型</translation>
    </message>
    <message>
        <source>It is the model's turn then (Return; Shift+Return for a new line)</source>
        <translation>然后轮到模型（回车；Shift+回车换行）</translation>
    </message>
    <message>
        <source>Let it go on</source>
        <translation>让它继续</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>The model stops after this token (Esc)</source>
        <translation>模型写完这个词元后停止（Esc）</translation>
    </message>
    <message>
        <source>Let it answer</source>
        <translation>让它回答</translation>
    </message>
    <message>
        <source>Write the beginning of a document: the model goes on with it.</source>
        <translation>写下文档的开头：模型会接着写。</translation>
    </message>
    <message>
        <source>Ask something about the document.</source>
        <translation>就这份文档提一个问题。</translation>
    </message>
    <message>
        <source>Write to the model. Return hands over.</source>
        <translation>写给模型。按回车交给它。</translation>
    </message>
    <message>
        <source>Reading the document …</source>
        <translation>正在读取文档…</translation>
    </message>
    <message>
        <source>Reading the document: page {page} of {pages}</source>
        <translation>正在读取文档：第 {page} 页，共 {pages} 页</translation>
    </message>
    <message>
        <source>In front of your question: {name} · {characters} characters</source>
        <translation>放在你的问题前面：{name} · {characters} 个字符</translation>
    </message>
    <message>
        <source>pasted text</source>
        <translation>粘贴的文本</translation>
    </message>
    <message>
        <source>A document for the window</source>
        <translation>放进窗口的文档</translation>
    </message>
    <message>
        <source>Texts, Markdown and PDF</source>
        <translation>文本、Markdown 和 PDF</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>Context</name>
    <message>
        <source>the model is being loaded</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>the model has stopped and waits</source>
        <translation>模型停下来等待</translation>
    </message>
    <message>
        <source>the model has stopped at a call</source>
        <translation>模型停在一次调用处</translation>
    </message>
    <message>
        <source>it reads first</source>
        <translation>它先阅读</translation>
    </message>
    <message>
        <source>the window is full</source>
        <translation>窗口已满</translation>
    </message>
    <message>
        <source>handed back by {token}</source>
        <translation>由 {token} 交还</translation>
    </message>
    <message>
        <source>the model has not ended</source>
        <translation>模型还没有结束</translation>
    </message>
    <message>
        <source>As an API bills it: this exchange {prompt} prompt + {completion} completion; the conversation, sent anew each time, {all_prompt} + {all_completion} = {money}</source>
        <translation>按 API 的计费：这一轮 {prompt} 个提示词元 + {completion} 个回答词元；整个对话每次都重新发送，共 {all_prompt} + {all_completion} = {money}</translation>
    </message>
    <message>
        <source>{tokens} tokens have fallen out of the window: the model knows nothing of them any more.</source>
        <translation>{tokens} 个词元已掉出窗口：模型对它们一无所知了。</translation>
    </message>
    <message>
        <source>The window of {window} tokens is full. Choose what falls out of it, make it larger, or begin a new chat.</source>
        <translation>{window} 个词元的窗口已满。请选择让什么掉出去、把窗口调大，或开始新对话。</translation>
    </message>
    <message>
        <source>The last question alone leaves no room in the window of {window} tokens. Make the window larger, or ask something shorter.</source>
        <translation>仅最后一个问题就占满了 {window} 个词元的窗口。请把窗口调大，或问得短一些。</translation>
    </message>
    <message>
        <source>The model is asked without the document …</source>
        <translation>正在不带文档地询问模型…</translation>
    </message>
    <message>
        <source>search: </source>
        <translation>搜索：</translation>
    </message>
    <message>
        <source>calculate: </source>
        <translation>计算：</translation>
    </message>
    <message>
        <source>result: </source>
        <translation>结果：</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>人工写成</translation>
    </message>
    <message>
        <source>of {model}</source>
        <translation>来自 {model}</translation>
    </message>
    <message>
        <source>Found in {file}</source>
        <translation>在 {file} 中找到</translation>
    </message>
    <message>
        <source>Not ended: it was stopped, or had no more tokens</source>
        <translation>没有结束：被停止，或词元用完了</translation>
    </message>
    <message>
        <source>Handed back by {token}</source>
        <translation>由 {token} 交还</translation>
    </message>
</context>
<context>
    <name>ContextBar</name>
    <message>
        <source>No model is chosen: there is no window to fill.</source>
        <translation>还没有选择模型，也就没有可填的窗口。</translation>
    </message>
    <message>
        <source>{used} of {window} tokens used: {prompt} prompt + {answer} answer · {left} left</source>
        <translation>已用 {used} / {window} 个词元：提示 {prompt} + 回答 {answer} · 剩余 {left}</translation>
    </message>
    <message>
        <source>{gone} have fallen out</source>
        <translation>已掉出 {gone} 个</translation>
    </message>
    <message>
        <source>⚠ The window is full: nothing more can be written before something goes.</source>
        <translation>⚠ 窗口已满：必须先去掉一些内容，才能继续写。</translation>
    </message>
    <message>
        <source>⚠ Nearly full: room for {left} more tokens, then something must go.</source>
        <translation>⚠ 快满了：还能容纳 {left} 个词元，之后就必须去掉一些内容。</translation>
    </message>
</context>
<context>
    <name>ContextCost</name>
    <message>
        <source>Milliseconds for the next token, by the length of the stream</source>
        <translation>下一个词元所需的毫秒数，随词元流长度变化</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Let the model compute one token after streams of several lengths, and time it</source>
        <translation>让模型在几种长度的词元流之后各计算一个词元，并计时</translation>
    </message>
    <message>
        <source>Keys and values: not known yet</source>
        <translation>键和值：尚不清楚</translation>
    </message>
    <message>
        <source>Keys and values kept: {whole}, {each} for each token</source>
        <translation>保留的键和值：{whole}，每个词元 {each}</translation>
    </message>
    <message>
        <source>Measuring …</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>How long each token takes, and how that grows with the stream: nothing drawn yet.</source>
        <translation>每个词元要花多久，以及它怎样随词元流增长：还没有抽取任何词元。</translation>
    </message>
    <message>
        <source>Milliseconds a token, by the stream's length</source>
        <translation>每个词元的毫秒数，随词元流长度变化</translation>
    </message>
    <message>
        <source>━ as drawn, now {ms} ms at {length}</source>
        <translation>━ 抽取时，目前长度 {length} 处为 {ms} 毫秒</translation>
    </message>
    <message>
        <source>■ as measured</source>
        <translation>■ 专门测量</translation>
    </message>
    <message>
        <source>After {length} tokens</source>
        <translation>{length} 个词元之后</translation>
    </message>
    <message>
        <source>━ {ms} ms as drawn</source>
        <translation>━ 抽取时 {ms} 毫秒</translation>
    </message>
    <message>
        <source>■ {ms} ms as measured</source>
        <translation>■ 测得 {ms} 毫秒</translation>
    </message>
</context>
<context>
    <name>ContextPanel</name>
    <message>
        <source>Context window</source>
        <translation>上下文窗口</translation>
    </message>
    <message>
        <source>A conversation is one stream of tokens that both sides write into: the model's working memory, finite, and wiped by a new chat.</source>
        <translation>对话是双方共同写入的一条词元流：它是模型的工作记忆，容量有限，新对话会把它清空。</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Wipe the stream; the conversation stays in the list (Ctrl+N)</source>
        <translation>清空词元流；对话仍保留在列表中（Ctrl+N）</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话列表</translation>
    </message>
    <message>
        <source>All that were kept: search, open, export (Ctrl+L)</source>
        <translation>保存下来的全部对话：搜索、打开、导出（Ctrl+L）</translation>
    </message>
    <message>
        <source>Copy the stream as CSV</source>
        <translation>将词元流复制为 CSV</translation>
    </message>
    <message>
        <source>Copy the stream as JSON</source>
        <translation>将词元流复制为 JSON</translation>
    </message>
    <message>
        <source>Save the picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>已保存：{path}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The conversation is in the bin.</source>
        <translation>对话已移入回收站。</translation>
    </message>
    <message>
        <source>{conversations} conversations were read.</source>
        <translation>读入了 {conversations} 个对话。</translation>
    </message>
    <message>
        <source>{skipped} lines were none and were left out.</source>
        <translation>有 {skipped} 行不是对话，已略过。</translation>
    </message>
    <message>
        <source>The file has more than are taken at once.</source>
        <translation>文件中的对话多于一次能读入的数量。</translation>
    </message>
    <message>
        <source>The stream is on the clipboard.</source>
        <translation>词元流已复制到剪贴板。</translation>
    </message>
    <message>
        <source>The text has {length} characters; at most {most} can be taken. Paste a part of it.</source>
        <translation>文本有 {length} 个字符；最多可接受 {most} 个。请粘贴其中一部分。</translation>
    </message>
    <message>
        <source>The engine that runs the model stopped. The conversation is kept.</source>
        <translation>运行模型的引擎停止了。对话已保存。</translation>
    </message>
</context>
<context>
    <name>ContextStarters</name>
    <message>
        <source>A haiku</source>
        <translation>一首俳句</translation>
    </message>
    <message>
        <source>A question about a text</source>
        <translation>关于一段文字的问题</translation>
    </message>
    <message>
        <source>A window that is too small</source>
        <translation>太小的窗口</translation>
    </message>
    <message>
        <source>A sum too large</source>
        <translation>太大的算式</translation>
    </message>
    <message>
        <source>A search</source>
        <translation>一次搜索</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>Search in conversations</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话列表</translation>
    </message>
    <message>
        <source>Title of the conversation</source>
        <translation>对话标题</translation>
    </message>
    <message>
        <source>Enter keeps it, Esc leaves it as it was</source>
        <translation>按 Enter 保留，按 Esc 不作更改</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>What can be done to the chosen one</source>
        <translation>可以对所选对话做什么</translation>
    </message>
    <message>
        <source>Import …</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Messages, ShareGPT, Alpaca, or from here</source>
        <translation>messages、ShareGPT、Alpaca 格式，或由此处导出的文件</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Take it out of the bin</source>
        <translation>从回收站取出</translation>
    </message>
    <message>
        <source>Empty the bin</source>
        <translation>清空回收站</translation>
    </message>
    <message>
        <source>Delete these for good</source>
        <translation>永久删除这些</translation>
    </message>
    <message>
        <source>What was deleted, to bring back</source>
        <translation>已删除的内容，可以恢复</translation>
    </message>
    <message>
        <source>{count} older ones. Search for them.</source>
        <translation>还有 {count} 个较早的，请搜索。</translation>
    </message>
    <message>
        <source>Bin ({count})</source>
        <translation>回收站（{count}）</translation>
    </message>
    <message>
        <source>The bin is empty.</source>
        <translation>回收站是空的。</translation>
    </message>
    <message>
        <source>Searching …</source>
        <translation>正在搜索…</translation>
    </message>
    <message>
        <source>Nothing was found. Try other words, or fewer.</source>
        <translation>没有找到。换别的词，或少用几个词。</translation>
    </message>
    <message>
        <source>No conversations yet: what you say is kept here.</source>
        <translation>还没有对话：您说的内容会保存在这里。</translation>
    </message>
    <message>
        <source>Nothing said yet</source>
        <translation>尚未说话</translation>
    </message>
    <message>
        <source>1 turn</source>
        <translation>1 轮</translation>
    </message>
    <message>
        <source>{count} turns</source>
        <translation>{count} 轮</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已打开</translation>
    </message>
    <message>
        <source>Its file cannot be read.</source>
        <translation>无法读取它的文件。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Export as</source>
        <translation>导出为</translation>
    </message>
    <message>
        <source>Messages (.jsonl) …</source>
        <translation>消息（.jsonl）…</translation>
    </message>
    <message>
        <source>Markdown (.md) …</source>
        <translation>Markdown（.md）…</translation>
    </message>
    <message>
        <source>Everything, with token ids (.json) …</source>
        <translation>全部内容，含词元编号（.json）…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Export the conversation</source>
        <translation>导出对话</translation>
    </message>
    <message>
        <source>Import conversations</source>
        <translation>导入对话</translation>
    </message>
</context>
<context>
    <name>CopiesPage</name>
    <message>
        <source>A GGUF file is unpacked when it is opened first; the copy lets it open in a moment next time. Deleting a copy loses nothing but that moment.</source>
        <translation>GGUF 文件第一次打开时会解包；有了副本，下次很快就能打开。删除副本，损失的只是这点时间。</translation>
    </message>
    <message>
        <source>Tidy up</source>
        <translation>清理</translation>
    </message>
    <message>
        <source>Delete all that nobody uses now</source>
        <translation>删除所有当前无人使用的副本</translation>
    </message>
    <message>
        <source>Most that copies may take together</source>
        <translation>副本合计最多占用</translation>
    </message>
    <message>
        <source>Those used longest ago go first; 0: no limit</source>
        <translation>最久没用的先删；0 表示不限</translation>
    </message>
    <message>
        <source>Keep at most</source>
        <translation>最多保留</translation>
    </message>
    <message>
        <source>{count} copies, {size} together</source>
        <translation>{count} 个副本，共 {size}</translation>
    </message>
    <message>
        <source>There are no copies now.</source>
        <translation>现在没有副本。</translation>
    </message>
</context>
<context>
    <name>CountStrip</name>
    <message>
        <source>Prices</source>
        <translation>价格</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Tokens: pieces of this encoding. Characters: Unicode code points; an emoji can be several. Bytes: of the text in UTF-8. Cost: as input, with the price “{name}”.</source>
        <translation>词元：这种编码切出的片段。字符：Unicode 码点，一个表情可能占多个。字节：文本的 UTF-8 字节数。费用：作为输入，按价格“{name}”计算。</translation>
    </message>
    <message>
        <source>“{name}”: {input} per million tokens read, {output} per million written</source>
        <translation>“{name}”：每百万输入词元 {input}，每百万输出词元 {output}</translation>
    </message>
</context>
<context>
    <name>CurveArea</name>
    <message>
        <source>Curves of the run</source>
        <translation>训练曲线</translation>
    </message>
    <message>
        <source>Curves by the labeller's rule</source>
        <translation>按标注者规则的曲线</translation>
    </message>
    <message>
        <source>What the curves show</source>
        <translation>曲线显示什么</translation>
    </message>
    <message>
        <source>Loss (nats per token)</source>
        <translation>损失（奈特/词元）</translation>
    </message>
    <message>
        <source>Bits per byte, held-out</source>
        <translation>留出文本的每字节比特</translation>
    </message>
    <message>
        <source>Share of answers that are right</source>
        <translation>答对的比例</translation>
    </message>
    <message>
        <source>Mean reward of an answer</source>
        <translation>回答的平均奖励</translation>
    </message>
    <message>
        <source>Mean length of an answer (tokens)</source>
        <translation>回答的平均长度（词元）</translation>
    </message>
    <message>
        <source>Entropy (nats per token)</source>
        <translation>熵（每词元纳特）</translation>
    </message>
    <message>
        <source>Distance from its beginning (KL, nats)</source>
        <translation>与起点的距离（KL，纳特）</translation>
    </message>
    <message>
        <source>Share of pairs put in the right order</source>
        <translation>排对次序的比例</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>每秒词元数</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>mean of {count} steps</source>
        <translation>{count} 步的平均</translation>
    </message>
    <message>
        <source>not smoothed</source>
        <translation>不平滑</translation>
    </message>
    <message>
        <source>logarithmic steps</source>
        <translation>步数取对数</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>全程</translation>
    </message>
    <message>
        <source>Show all steps again (0, or a double click)</source>
        <translation>重新显示全部步数（按 0 或双击）</translation>
    </message>
    <message>
        <source>updates</source>
        <translation>更新次数</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>knows nothing: ln 2 = {loss}</source>
        <translation>一无所知：ln 2 = {loss}</translation>
    </message>
    <message>
        <source>training / held-out</source>
        <translation>训练 / 留出</translation>
    </message>
    <message>
        <source>{run}, by the rule</source>
        <translation>{run}，按规则</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>held-out</source>
        <translation>留出</translation>
    </message>
    <message>
        <source>Mean reward, by the reward model</source>
        <translation>平均奖励（由奖励模型给出）</translation>
    </message>
    <message>
        <source>Mean score by the labeller's own rule (0 to 1)</source>
        <translation>按标注者自己的规则的平均得分（0 到 1）</translation>
    </message>
    <message>
        <source>Share of held-out pairs in the rule's order, the labeller's errors put right</source>
        <translation>留出的回答对中顺序符合规则的比例（已纠正标注者的错误）</translation>
    </message>
    <message>
        <source>Loss (nats per pair)</source>
        <translation>损失（每对 nat）</translation>
    </message>
    <message>
        <source>Score of the preferred answer less the other's</source>
        <translation>受喜欢的回答得分减去另一个的得分</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>答对</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>奖励</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>熵</translation>
    </message>
    <message>
        <source>KL</source>
        <translation>KL</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>差距</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Gradient</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>held-out, pass@1</source>
        <translation>留出题，pass@1</translation>
    </message>
    <message>
        <source>by the rule</source>
        <translation>按规则</translation>
    </message>
    <message>
        <source>by the rule, held-out</source>
        <translation>按规则，留出</translation>
    </message>
    <message>
        <source>bits per byte</source>
        <translation>每字节比特</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>tokens/s</source>
        <translation>词元/秒</translation>
    </message>
    <message>
        <source>entropy</source>
        <translation>熵</translation>
    </message>
    <message>
        <source>in the update</source>
        <translation>本次更新</translation>
    </message>
    <message>
        <source>knows nothing: ln V = {loss}</source>
        <translation>一无所知：ln V = {loss}</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
</context>
<context>
    <name>Details</name>
    <message>
        <source>Choose a model in the list to see what it is.</source>
        <translation>在列表中选择一个模型，看看它是什么。</translation>
    </message>
    <message>
        <source>Use in Sampling</source>
        <translation>用于采样</translation>
    </message>
    <message>
        <source>Show its folder</source>
        <translation>显示所在文件夹</translation>
    </message>
    <message>
        <source>Copy its path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation>移出列表</translation>
    </message>
    <message>
        <source>Its files stay where they are</source>
        <translation>它的文件留在原处</translation>
    </message>
    <message>
        <source>Delete the download…</source>
        <translation>删除下载的文件……</translation>
    </message>
    <message>
        <source>Memory, computed from its sizes</source>
        <translation>内存（由各项大小算出）</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>What its makers say</source>
        <translation>制作者的说明</translation>
    </message>
    <message>
        <source>{place} (on {machine})</source>
        <translation>{place}(在 {machine} 上)</translation>
    </message>
    <message>
        <source>Terms: {terms}</source>
        <translation>许可条款：{terms}</translation>
    </message>
    <message>
        <source>Read its terms before you use it: {terms}</source>
        <translation>使用前请阅读其条款：{terms}</translation>
    </message>
    <message>
        <source>Copy its name</source>
        <translation>复制名称</translation>
    </message>
</context>
<context>
    <name>DownloadPage</name>
    <message>
        <source>Repository on the Hugging Face hub</source>
        <translation>Hugging Face hub 上的仓库</translation>
    </message>
    <message>
        <source>Look it up</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>Ask the hub which files it has</source>
        <translation>询问 hub 它有哪些文件</translation>
    </message>
    <message>
        <source>Which of its models</source>
        <translation>选择其中哪个模型</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Small open models that fit a laptop:</source>
        <translation>适合笔记本电脑的小型开放模型：</translation>
    </message>
    <message>
        <source>A model from the Hugging Face hub. Nothing is sent before you press a button.</source>
        <translation>来自 Hugging Face hub 的模型。按下按钮之前不会发送任何内容。</translation>
    </message>
    <message>
        <source>{name} · about {size} · {terms}</source>
        <translation>{name} · 约 {size} · {terms}</translation>
    </message>
    <message>
        <source>{repo} is here already: {folder}</source>
        <translation>{repo} 已经在这里：{folder}</translation>
    </message>
    <message>
        <source>{count} files, {size} to fetch; the disk has {free} free. It goes to {folder}.</source>
        <translation>{count} 个文件，需下载 {size}；磁盘空闲 {free}。将存到 {folder}。</translation>
    </message>
    <message>
        <source>Terms: {terms}</source>
        <translation>许可条款：{terms}</translation>
    </message>
    <message>
        <source>The disk has no room for it.</source>
        <translation>磁盘空间不够。</translation>
    </message>
    <message>
        <source>Asking the hub about {repo} …</source>
        <translation>正在向 hub 询问 {repo}……</translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>What has come is kept</source>
        <translation>已下载的部分会保留</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Throw away</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Delete what has come of it</source>
        <translation>删除已下载的部分</translation>
    </message>
</context>
<context>
    <name>DrawLine</name>
    <message>
        <source>The draw</source>
        <translation>抽取</translation>
    </message>
</context>
<context>
    <name>Draws</name>
    <message>
        <source>How this token was drawn</source>
        <translation>这个词元是怎样抽到的</translation>
    </message>
    <message>
        <source>The last draw</source>
        <translation>上一次抽取</translation>
    </message>
    <message>
        <source>The same seed gives the same number here, {number}: now it falls on {token}.</source>
        <translation>同一种子在此处给出同一个数 {number}：现在它落在 {token} 上。</translation>
    </message>
    <message>
        <source>This place's draw</source>
        <translation>此处的抽取</translation>
    </message>
    <message>
        <source>one of the others</source>
        <translation>其余词元之一</translation>
    </message>
    <message>
        <source>Nothing was drawn: at T = 0 the most likely token, {token}, is taken.</source>
        <translation>没有抽取：T = 0 时直接取最可能的词元 {token}。</translation>
    </message>
    <message>
        <source>The number {number} fell on {token}, which holds {share} of the line.</source>
        <translation>随机数 {number} 落在 {token} 上，它占线段的 {share}。</translation>
    </message>
    <message>
        <source>The next draw</source>
        <translation>下一次抽取</translation>
    </message>
    <message>
        <source>At T = 0 a step takes the most likely token.</source>
        <translation>T = 0 时，每一步都取最可能的词元。</translation>
    </message>
    <message>
        <source>A step draws a number from 0 to 1 and takes the token that it falls on.</source>
        <translation>每一步抽一个 0 到 1 之间的数，它落在哪个词元上就取哪个。</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Train one in 60 seconds</source>
        <translation>60 秒训练一个</translation>
    </message>
    <message>
        <source>Look for one under Models</source>
        <translation>到“模型”中找一个</translation>
    </message>
    <message>
        <source>Let {name} answer</source>
        <translation>让 {name} 来回答</translation>
    </message>
    <message>
        <source>Looking for models …</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>There is no model yet: one has to learn from a text first.</source>
        <translation>还没有模型：得先让一个模型从文本中学习。</translation>
    </message>
    <message>
        <source>No model was trained here yet.</source>
        <translation>这里还没有训练过模型。</translation>
    </message>
</context>
<context>
    <name>EncodingChoice</name>
    <message>
        <source>Encoding</source>
        <translation>编码</translation>
    </message>
    <message>
        <source>Which vocabulary cuts the text</source>
        <translation>用哪个词表切分文本</translation>
    </message>
    <message>
        <source>A tokenizer's file …</source>
        <translation>分词器文件……</translation>
    </message>
    <message>
        <source>A model's folder …</source>
        <translation>模型文件夹……</translation>
    </message>
    <message>
        <source>Open a tokenizer</source>
        <translation>打开分词器</translation>
    </message>
    <message>
        <source>Tokenizers ({kinds})</source>
        <translation>分词器 ({kinds})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Open the tokenizer of a model</source>
        <translation>打开某个模型的分词器</translation>
    </message>
</context>
<context>
    <name>EncodingRowView</name>
    <message>
        <source>Counting …</source>
        <translation>正在计数……</translation>
    </message>
    <message>
        <source>{share} characters per token</source>
        <translation>每个词元 {share} 个字符</translation>
    </message>
    <message>
        <source>{share} % counted</source>
        <translation>已计数 {share} %</translation>
    </message>
</context>
<context>
    <name>EnginePlaceDialog</name>
    <message>
        <source>Compute on another machine</source>
        <translation>在另一台机器上计算</translation>
    </message>
    <message>
        <source>A command that starts LLM Explorer there. Models, training and runs are then on that machine, and paths are its paths; texts stay here. Leave it empty to compute here.</source>
        <translation>在那台机器上启动 LLM Explorer 的命令。之后模型、训练和运行都在那台机器上，路径也是它的路径；文本仍留在这里。留空则在本机计算。</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>It must work without asking for a password. It counts from the next opening on.</source>
        <translation>命令必须不询问密码就能运行。下次打开时生效。</translation>
    </message>
</context>
<context>
    <name>FinetuningSentence</name>
    <message>
        <source>a .jsonl file…</source>
        <translation>.jsonl 文件…</translation>
    </message>
    <message>
        <source>Choose conversations</source>
        <translation>选择对话</translation>
    </message>
    <message>
        <source>Which conversations it learns: {name}</source>
        <translation>学习哪些对话：{name}</translation>
    </message>
    <message>
        <source>How often it goes through them</source>
        <translation>学多少遍</translation>
    </message>
    <message>
        <source>{stage} {parent} on {chats} for {epochs} rounds, seed {seed}</source>
        <translation>{stage} {parent}，对话 {chats}，学 {epochs} 遍，种子 {seed}</translation>
    </message>
    <message>
        <source>built-in conversations</source>
        <translation>内置对话</translation>
    </message>
</context>
<context>
    <name>GroupView</name>
    <message>
        <source>The update's group before</source>
        <translation>本次更新的上一组</translation>
    </message>
    <message>
        <source>The update's next group</source>
        <translation>本次更新的下一组</translation>
    </message>
    <message>
        <source>The whole answer</source>
        <translation>完整回答</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>奖励</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Advantage</source>
        <translation>优势</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>What the labeller's own rule gives the answer, 0 to 1</source>
        <translation>标注者自己的规则给这个回答打的分，0 到 1</translation>
    </message>
    <message>
        <source>Answers of the group</source>
        <translation>这一组的回答</translation>
    </message>
    <message>
        <source>Update {step}  ·  problem {number} of {total}</source>
        <translation>第 {step} 次更新  ·  第 {number} 题，共 {total} 题</translation>
    </message>
    <message>
        <source>Update {step}  ·  question {number} of {total}</source>
        <translation>第 {step} 次更新  ·  第 {number} 个问题，共 {total} 个</translation>
    </message>
    <message>
        <source>all rewards were equal in every group: no update</source>
        <translation>每一组的奖励都相同：没有更新</translation>
    </message>
    <message>
        <source>{count} taught nothing</source>
        <translation>{count} 组没有学到东西</translation>
    </message>
    <message>
        <source>Right answer: {answer}</source>
        <translation>正确答案：{answer}</translation>
    </message>
    <message>
        <source>None is right: nothing is learned from this group.</source>
        <translation>没有一个答对：这一组学不到东西。</translation>
    </message>
    <message>
        <source>All rewards are equal: this group teaches nothing.</source>
        <translation>奖励都相同：这一组学不到东西。</translation>
    </message>
    <message>
        <source>Cut off by the limit</source>
        <translation>到长度上限被截断</translation>
    </message>
    <message>
        <source>neither right nor wrong</source>
        <translation>不分对错</translation>
    </message>
    <message>
        <source>right</source>
        <translation>对</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>错</translation>
    </message>
</context>
<context>
    <name>Knobs</name>
    <message>
        <source>it stops</source>
        <translation>停下</translation>
    </message>
    <message>
        <source>oldest turns fall out</source>
        <translation>最旧的轮次掉出</translation>
    </message>
    <message>
        <source>the middle falls out</source>
        <translation>中间的部分掉出</translation>
    </message>
    <message>
        <source>the window slides</source>
        <translation>窗口滑动</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Stop before each call</source>
        <translation>每次调用前停下</translation>
    </message>
    <message>
        <source>You see the call first, and may change it</source>
        <translation>你先看到调用，并可以修改</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>A folder of documents to search in</source>
        <translation>用于搜索的文档文件夹</translation>
    </message>
    <message>
        <source>Where the model searches: {name}</source>
        <translation>模型在哪里搜索：{name}</translation>
    </message>
    <message>
        <source>Also without the document</source>
        <translation>也在没有文档时问一次</translation>
    </message>
    <message>
        <source>A question about a document is asked a second time, with nothing in the window</source>
        <translation>关于文档的问题会再问一次，窗口里没有文档</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Tokens that fit; make it smaller to see what happens when it is full</source>
        <translation>能容纳的词元数；调小它，看看满了会怎样</translation>
    </message>
    <message>
        <source>When full:</source>
        <translation>满了以后：</translation>
    </message>
    <message>
        <source>What happens when nothing more fits</source>
        <translation>再也放不下时会怎样</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 takes the most likely token</source>
        <translation>0 表示总取最可能的词元</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>An answer ends after so many tokens</source>
        <translation>回答到这么多词元为止</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed gives the same random numbers</source>
        <translation>相同的种子给出相同的随机数</translation>
    </message>
    <message>
        <source>The model may search and calculate: it has learned how to ask for it</source>
        <translation>模型可以搜索和计算：它学会了怎样提出请求</translation>
    </message>
    <message>
        <source>no folder to search in</source>
        <translation>没有可搜索的文件夹</translation>
    </message>
</context>
<context>
    <name>LettersPage</name>
    <message>
        <source>Letter to count</source>
        <translation>要数的字母</translation>
    </message>
    <message>
        <source>Count small and large letters alike</source>
        <translation>不分大小写</translation>
    </message>
    <message>
        <source>Count the letter</source>
        <translation>要数的字母</translation>
    </message>
    <message>
        <source>Above: the letters that you read. Below: the numbers that the model gets in their stead.</source>
        <translation>上面是你读到的字母，下面是模型实际得到的数字。</translation>
    </message>
    <message>
        <source>Write a letter above.</source>
        <translation>请在上面输入一个字母。</translation>
    </message>
    <message>
        <source>Counting …</source>
        <translation>正在计数……</translation>
    </message>
    <message>
        <source>{count} × “{letter}” in the text; {holding} of its {tokens} tokens hold one.</source>
        <translation>文本中有 {count} 个“{letter}”；{tokens} 个词元中有 {holding} 个含有它。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Panels</source>
        <translation>面板</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>Open the data folder</source>
        <translation>打开数据文件夹</translation>
    </message>
    <message>
        <source>Compute on another machine…</source>
        <translation>在另一台机器上计算…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;About LLM Explorer</source>
        <translation>关于 LLM Explorer(&amp;A)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Normal size</source>
        <translation>正常大小</translation>
    </message>
    <message>
        <source>Presenter mode</source>
        <translation>演示模式</translation>
    </message>
</context>
<context>
    <name>MeasureTiles</name>
    <message>
        <source>Step</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Updates of the weights so far</source>
        <translation>到目前为止权重更新的次数</translation>
    </message>
    <message>
        <source>Training loss</source>
        <translation>训练损失</translation>
    </message>
    <message>
        <source>Nats per token, this step's batch</source>
        <translation>本步批次上每个词元的奈特数</translation>
    </message>
    <message>
        <source>Held-out loss</source>
        <translation>留出损失</translation>
    </message>
    <message>
        <source>Nats per token, on text it does not learn from</source>
        <translation>在它没有学过的文本上，每个词元的奈特数</translation>
    </message>
    <message>
        <source>Bits per byte</source>
        <translation>每字节比特</translation>
    </message>
    <message>
        <source>On held-out text; comparable across vocabularies</source>
        <translation>在留出文本上；不同词表之间可比</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>答对</translation>
    </message>
    <message>
        <source>Share of this update's answers that are right</source>
        <translation>本次更新的回答中答对的比例</translation>
    </message>
    <message>
        <source>Held-out right</source>
        <translation>留出题答对</translation>
    </message>
    <message>
        <source>Pass@1: one answer each to problems that it does not learn from</source>
        <translation>pass@1：不用来学习的题，每题答一次</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>奖励</translation>
    </message>
    <message>
        <source>Mean of this update's answers</source>
        <translation>本次更新所有回答的平均值</translation>
    </message>
    <message>
        <source>By the rule</source>
        <translation>按规则</translation>
    </message>
    <message>
        <source>What the labeller's own rule gives the same answers, 0 to 1</source>
        <translation>标注者自己的规则给同样这些回答打的分，0 到 1</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>KL from its beginning, nats</source>
        <translation>与起点的 KL 距离，单位 nat</translation>
    </message>
    <message>
        <source>Pair loss</source>
        <translation>成对损失</translation>
    </message>
    <message>
        <source>Nats per pair, this step's</source>
        <translation>每对 nat，本步</translation>
    </message>
    <message>
        <source>Right order</source>
        <translation>顺序正确</translation>
    </message>
    <message>
        <source>Share of this step's pairs in which the preferred answer scores higher</source>
        <translation>本步各对中，更受喜欢的回答得分更高的比例</translation>
    </message>
    <message>
        <source>Held-out order</source>
        <translation>留出顺序</translation>
    </message>
    <message>
        <source>The same, of pairs that it does not learn from</source>
        <translation>同上，取自它不学习的回答对</translation>
    </message>
    <message>
        <source>The same, with the labeller's errors put right</source>
        <translation>同上，并纠正了标注者的错误</translation>
    </message>
    <message>
        <source>Answer length</source>
        <translation>回答长度</translation>
    </message>
    <message>
        <source>Tokens, mean of this update's answers</source>
        <translation>词元数，本次更新所有回答的平均值</translation>
    </message>
    <message>
        <source>Tokens/s</source>
        <translation>词元/秒</translation>
    </message>
    <message>
        <source>Tokens learned from in a second</source>
        <translation>每秒学习的词元数</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>How strongly this batch pulls, before clipping</source>
        <translation>裁剪之前，这一批次拉动的力度</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>How far a step goes</source>
        <translation>一步走多远</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>At the present rate</source>
        <translation>按当前速度</translation>
    </message>
</context>
<context>
    <name>MergePage</name>
    <message>
        <source>Tokens of the text by size of the vocabulary</source>
        <translation>文本的词元数随词表大小的变化</translation>
    </message>
    <message>
        <source>Entries learned so far</source>
        <translation>目前学到的词条</translation>
    </message>
    <message>
        <source>Name of the tokenizer</source>
        <translation>分词器名称</translation>
    </message>
    <message>
        <source>Keep the vocabulary that is shown, for the text here and for Training</source>
        <translation>保存当前显示的词表，供这里的文本和训练使用</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>复制为 CSV</translation>
    </message>
    <message>
        <source>Keep these {count} entries</source>
        <translation>保存这 {count} 个词条</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Kept as {name}. It is among the encodings now, and Training can begin with it.</source>
        <translation>已保存为 {name}。它现在列在编码中，训练也可以用它开始。</translation>
    </message>
    <message>
        <source>Cut the text with it</source>
        <translation>用它切分文本</translation>
    </message>
    <message>
        <source>Copied {count} entries</source>
        <translation>已复制 {count} 个词条</translation>
    </message>
</context>
<context>
    <name>MergePlayer</name>
    <message>
        <source>To the beginning</source>
        <translation>回到开头</translation>
    </message>
    <message>
        <source>One merge back</source>
        <translation>后退一次合并</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>One merge on</source>
        <translation>前进一次合并</translation>
    </message>
    <message>
        <source>To the last merge</source>
        <translation>到最后一次合并</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>{count} a second</source>
        <translation>每秒 {count} 次</translation>
    </message>
    <message>
        <source>Merges that are done</source>
        <translation>已完成的合并次数</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>256 bytes</source>
        <translation>256 个字节</translation>
    </message>
    <message>
        <source>the text: {count} tokens</source>
        <translation>文本：{count} 个词元</translation>
    </message>
    <message>
        <source>stood {count} times</source>
        <translation>出现 {count} 次</translation>
    </message>
    <message>
        <source>token {id}</source>
        <translation>词元 {id}</translation>
    </message>
    <message>
        <source>from {count} bytes</source>
        <translation>（原为 {count} 字节）</translation>
    </message>
</context>
<context>
    <name>MergeSetup</name>
    <message>
        <source>a file…</source>
        <translation>一个文件…</translation>
    </message>
    <message>
        <source>Choose a text</source>
        <translation>选择文本</translation>
    </message>
    <message>
        <source>Which text the vocabulary is learned from: {name}</source>
        <translation>从哪段文本学习词表：{name}</translation>
    </message>
    <message>
        <source> entries</source>
        <translation> 个词条</translation>
    </message>
    <message>
        <source>Size of the vocabulary</source>
        <translation>词表大小</translation>
    </message>
    <message>
        <source>256 bytes, the merges, and one special token</source>
        <translation>256 个字节、各次合并，以及一个特殊词元</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>学习</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>It is enough: what was learned stays</source>
        <translation>够了：已学到的会保留</translation>
    </message>
    <message>
        <source>Learn from</source>
        <translation>学习自</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>暂停学习</translation>
    </message>
    <message>
        <source>Byte pairs: the two neighbours that stand side by side most often become one new token; again and again.</source>
        <translation>字节对：最常相邻的两个词元合并成一个新词元；如此反复。</translation>
    </message>
    <message>
        <source>Reading the text …</source>
        <translation>正在读取文本……</translation>
    </message>
    <message>
        <source>Counting the pairs …</source>
        <translation>正在统计字节对……</translation>
    </message>
    <message>
        <source>Learned {count} of {wanted} entries</source>
        <translation>已学到 {count} / {wanted} 个词条</translation>
    </message>
    <message>
        <source>The text is used up at {count} entries: no pair stands twice any more. A larger vocabulary needs more text.</source>
        <translation>学到 {count} 个词条时文本已用尽：不再有出现两次的字节对。更大的词表需要更多文本。</translation>
    </message>
    <message>
        <source>The engine stopped at {count} entries. They can be kept; to go further, learn again.</source>
        <translation>引擎在 {count} 个词条处停止。已有的可以保存；要继续，请重新学习。</translation>
    </message>
    <message>
        <source>Learned {count} entries from {characters} characters.</source>
        <translation>从 {characters} 个字符中学到 {count} 个词条。</translation>
    </message>
    <message>
        <source>your text</source>
        <translation>你的文本</translation>
    </message>
    <message>
        <source>the small world</source>
        <translation>小世界</translation>
    </message>
    <message>
        <source>the Python manual</source>
        <translation>Python 手册</translation>
    </message>
</context>
<context>
    <name>MergeTable</name>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>Pair</source>
        <translation>字节对</translation>
    </message>
    <message>
        <source>Becomes</source>
        <translation>合并为</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>次数</translation>
    </message>
</context>
<context>
    <name>MergeText</name>
    <message>
        <source>The text, cut as the vocabulary has it so far</source>
        <translation>按目前词表切分的文本</translation>
    </message>
</context>
<context>
    <name>MergeTreeView</name>
    <message>
        <source>How the merges built it: {parts}</source>
        <translation>合并过程：{parts}</translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Which model answers</source>
        <translation>由哪个模型回答</translation>
    </message>
    <message>
        <source>Loading the model …</source>
        <translation>正在载入模型……</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>没有载入模型。</translation>
    </message>
    <message>
        <source>It has learned on: load step {step}</source>
        <translation>它又学了一阵：载入第 {step} 步</translation>
    </message>
</context>
<context>
    <name>ModelFiles</name>
    <message>
        <source>A folder with a model</source>
        <translation>含有模型的文件夹</translation>
    </message>
    <message>
        <source>A GGUF file</source>
        <translation>GGUF 文件</translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>ModelPicker</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Which model answers</source>
        <translation>由哪个模型回答</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open a GGUF file…</source>
        <translation>打开 GGUF 文件…</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>Trained here</source>
        <translation>在这里训练的</translation>
    </message>
    <message>
        <source>Came with the program</source>
        <translation>随程序附带的</translation>
    </message>
    <message>
        <source>Found on this computer</source>
        <translation>在这台电脑上找到的</translation>
    </message>
    <message>
        <source>Opened by you</source>
        <translation>你打开的</translation>
    </message>
    <message>
        <source>Downloaded</source>
        <translation>下载的</translation>
    </message>
    <message>
        <source>At servers</source>
        <translation>服务器上的</translation>
    </message>
    <message>
        <source>Asking the hub …</source>
        <translation>正在询问 hub……</translation>
    </message>
    <message>
        <source>{have} of {total}</source>
        <translation>{have} / {total}</translation>
    </message>
    <message>
        <source>checking {file}</source>
        <translation>正在校验 {file}</translation>
    </message>
    <message>
        <source>the connection broke, trying again</source>
        <translation>连接中断，正在重试</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/秒</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>Stopped: {have} are kept.</source>
        <translation>已停止：保留了 {have}。</translation>
    </message>
    <message>
        <source>Stopped: {have} of {total} are kept.</source>
        <translation>已停止：保留了 {total} 中的 {have}。</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>{count} 个参数</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>家族</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Stored as</source>
        <translation>存储格式</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Weights in float32</source>
        <translation>float32 权重</translation>
    </message>
    <message>
        <source>Weights in bfloat16</source>
        <translation>bfloat16 权重</translation>
    </message>
    <message>
        <source>Weights in int8</source>
        <translation>int8 权重</translation>
    </message>
    <message>
        <source>Keys and values, 1,000 tokens</source>
        <translation>键和值，1,000 个词元</translation>
    </message>
    <message>
        <source>{heads}, sharing {kv} pairs of keys and values</source>
        <translation>{heads} 个，共用 {kv} 对键和值</translation>
    </message>
    <message>
        <source>a matrix of its own</source>
        <translation>单独的矩阵</translation>
    </message>
    <message>
        <source>the embedding, once more</source>
        <translation>与嵌入共用</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Inner width</source>
        <translation>内部宽度</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>注意力头</translation>
    </message>
    <message>
        <source>Width of a head</source>
        <translation>每个头的宽度</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>Output layer</source>
        <translation>输出层</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>learned, one vector each</source>
        <translation>学得的，每个位置一个向量</translation>
    </message>
    <message>
        <source>rotary, base {base}</source>
        <translation>旋转式，基数 {base}</translation>
    </message>
    <message>
        <source>{layers} layers see the last {tokens} tokens</source>
        <translation>{layers} 层只看最近 {tokens} 个词元</translation>
    </message>
</context>
<context>
    <name>ModelsPanel</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Every model within reach: trained here, found, opened, downloaded, or at a server.</source>
        <translation>所有可用的模型：在这里训练的、找到的、打开的、下载的，或在服务器上的。</translation>
    </message>
    <message>
        <source>Train one in 60 seconds</source>
        <translation>60 秒训练一个</translation>
    </message>
    <message>
        <source>Read the list again</source>
        <translation>重新读取列表</translation>
    </message>
    <message>
        <source>Copy the list (CSV)</source>
        <translation>复制列表（CSV）</translation>
    </message>
    <message>
        <source>Copy the list (JSON)</source>
        <translation>复制列表（JSON）</translation>
    </message>
    <message>
        <source>Save the picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open a GGUF file…</source>
        <translation>打开 GGUF 文件…</translation>
    </message>
    <message>
        <source>Path on the other machine</source>
        <translation>另一台机器上的路径</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Unpacked copies</source>
        <translation>解包副本</translation>
    </message>
    <message>
        <source>No model yet. Let one learn, download one, or drop a folder or a GGUF file here.</source>
        <translation>还没有模型。可以训练一个、下载一个，或把文件夹或 GGUF 文件拖到这里。</translation>
    </message>
    <message>
        <source>Looking for models …</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>Folder or GGUF file on {machine}</source>
        <translation>{machine} 上的文件夹或 GGUF 文件</translation>
    </message>
    <message>
        <source>“{name}” is off the list; its files are where they were.</source>
        <translation>“{name}”已移出列表；它的文件还在原处。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Delete “{name}” from the disk? {size} will be free; it cannot be undone.</source>
        <translation>从磁盘删除“{name}”？将腾出 {size}；无法撤销。</translation>
    </message>
    <message>
        <source>Delete {size}</source>
        <translation>删除 {size}</translation>
    </message>
    <message>
        <source>It is on the clipboard.</source>
        <translation>已复制到剪贴板。</translation>
    </message>
    <message>
        <source>{repo} is here.</source>
        <translation>{repo} 已下载完成。</translation>
    </message>
    <message>
        <source>Open a folder with a model</source>
        <translation>打开含有模型的文件夹</translation>
    </message>
    <message>
        <source>Open a GGUF file</source>
        <translation>打开 GGUF 文件</translation>
    </message>
    <message>
        <source>The list is on the clipboard.</source>
        <translation>列表已复制到剪贴板。</translation>
    </message>
</context>
<context>
    <name>NextToken</name>
    <message>
        <source>What comes next</source>
        <translation>接下来是什么</translation>
    </message>
    <message>
        <source>How unsure the model is: at T = 1, and with the settings. 1 bit is a coin's toss, each further bit doubles the choice.</source>
        <translation>模型有多不确定：T = 1 时，以及应用设置之后。1 比特如同抛硬币，每多 1 比特，选择就翻一倍。</translation>
    </message>
    <message>
        <source>Entropy {before} → {after} bits</source>
        <translation>熵 {before} → {after} 比特</translation>
    </message>
    <message>
        <source>the other {tokens}</source>
        <translation>其余 {tokens} 个</translation>
    </message>
    <message>
        <source>id {id} · {now} now · {own} at T = 1, log-probability {logprob}</source>
        <translation>编号 {id} · 现在 {now} · T = 1 时 {own}，对数概率 {logprob}</translation>
    </message>
    <message>
        <source>All {tokens} other tokens together; {left} of them can still be drawn</source>
        <translation>其余 {tokens} 个词元合计；其中 {left} 个仍可能被抽到</translation>
    </message>
    <message>
        <source>Filled: after the settings. Outline: the model's own, at T = 1.</source>
        <translation>填充：应用设置之后。轮廓：模型自己在 T = 1 时的概率。</translation>
    </message>
</context>
<context>
    <name>NoModel</name>
    <message>
        <source>Train one in 60 seconds</source>
        <translation>用 60 秒训练一个</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open a GGUF file…</source>
        <translation>打开 GGUF 文件…</translation>
    </message>
    <message>
        <source>There is no model yet: train one, or open one that you have.</source>
        <translation>还没有模型：训练一个，或打开你已有的。</translation>
    </message>
    <message>
        <source>Looking for models …</source>
        <translation>正在查找模型…</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Save the picture, copy the data</source>
        <translation>保存图片、复制数据</translation>
    </message>
    <message>
        <source>Try this:</source>
        <translation>试一试：</translation>
    </message>
</context>
<context>
    <name>PleasingSentence</name>
    <message>
        <source>a run's folder…</source>
        <translation>某次训练的文件夹……</translation>
    </message>
    <message>
        <source>Choose a run of a reward model</source>
        <translation>选择奖励模型的训练</translation>
    </message>
    <message>
        <source>Which reward model judges: {name}</source>
        <translation>由哪个奖励模型评判：{name}</translation>
    </message>
    <message>
        <source>What holds it near its beginning</source>
        <translation>用什么把它拉在起点附近</translation>
    </message>
    <message>
        <source>no leash</source>
        <translation>没有牵绳</translation>
    </message>
    <message>
        <source>a long leash</source>
        <translation>长牵绳</translation>
    </message>
    <message>
        <source>a leash</source>
        <translation>牵绳</translation>
    </message>
    <message>
        <source>a short leash</source>
        <translation>短牵绳</translation>
    </message>
    <message>
        <source>{stage} from {parent} to please {judge} with {leash}, {problems} questions and {group} answers to each for {updates} updates, seed {seed}</source>
        <translation>{stage}，从 {parent} 开始，取悦 {judge}，{leash}，每次 {problems} 个问题，每题 {group} 个回答，更新 {updates} 次，种子 {seed}</translation>
    </message>
    <message>
        <source>Make a reward model</source>
        <translation>训练一个奖励模型</translation>
    </message>
    <message>
        <source>RLHF wants a judge: train a reward model first.</source>
        <translation>RLHF 需要评判者：请先训练奖励模型。</translation>
    </message>
    <message>
        <source>What pleases the reward model becomes likelier, and nothing holds the model near its beginning: watch what it finds.</source>
        <translation>让奖励模型满意的回答会变得更可能，而且没有什么把模型拉在起点附近：看看它会找到什么。</translation>
    </message>
    <message>
        <source>What pleases the reward model becomes likelier. The leash: each nat of distance from its beginning costs {weight}.</source>
        <translation>让奖励模型满意的回答会变得更可能。牵绳：每偏离起点 1 nat，扣 {weight}。</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>no reward model yet</source>
        <translation>还没有奖励模型</translation>
    </message>
    <message>
        <source>looking for reward models …</source>
        <translation>正在查找奖励模型……</translation>
    </message>
</context>
<context>
    <name>PracticeSentence</name>
    <message>
        <source>Questions an update</source>
        <translation>每次更新的问题数</translation>
    </message>
    <message>
        <source>Answers to each question</source>
        <translation>每个问题的回答数</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>更新次数</translation>
    </message>
    <message>
        <source>{stage} from {parent} with {problems} problems and {group} answers to each for {updates} updates, seed {seed}</source>
        <translation>{stage}，从 {parent} 开始，每次 {problems} 道题，每题 {group} 个回答，更新 {updates} 次，种子 {seed}</translation>
    </message>
</context>
<context>
    <name>PriceEditor</name>
    <message>
        <source>Prices</source>
        <translation>价格</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Input, per million tokens</source>
        <translation>输入，每百万词元</translation>
    </message>
    <message>
        <source>Output, per million tokens</source>
        <translation>输出，每百万词元</translation>
    </message>
    <message>
        <source>Put in what you pay. The row with the dot is in force; no vendor's price is known here.</source>
        <translation>填入你实际支付的价格。选中的一行生效；这里不含任何厂商的报价。</translation>
    </message>
    <message>
        <source>Add a price</source>
        <translation>添加一个价格</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>a name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name of the price</source>
        <translation>价格名称</translation>
    </message>
    <message>
        <source>Count with this price</source>
        <translation>按这个价格计算</translation>
    </message>
    <message>
        <source>Input price</source>
        <translation>输入价格</translation>
    </message>
    <message>
        <source>Output price</source>
        <translation>输出价格</translation>
    </message>
    <message>
        <source>Remove this price</source>
        <translation>删除这个价格</translation>
    </message>
</context>
<context>
    <name>ProbabilityBars</name>
    <message>
        <source>What may come next</source>
        <translation>接下来可能是什么</translation>
    </message>
</context>
<context>
    <name>ProblemBox</name>
    <message>
        <source>Problem</source>
        <translation>题目</translation>
    </message>
    <message>
        <source>Type a problem whose answer is one number, or draw one.</source>
        <translation>输入一道答案是一个数的题目，或抽取一道。</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>正确答案</translation>
    </message>
    <message>
        <source>if you know it</source>
        <translation>如果你知道</translation>
    </message>
    <message>
        <source>Word problems</source>
        <translation>应用题</translation>
    </message>
    <message>
        <source>Sums</source>
        <translation>算式</translation>
    </message>
    <message>
        <source>Letters</source>
        <translation>数字母</translation>
    </message>
    <message>
        <source>Countdown</source>
        <translation>凑数游戏</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一题</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一题</translation>
    </message>
    <message>
        <source>The problem before (Alt+Left)</source>
        <translation>上一题（Alt+左）</translation>
    </message>
    <message>
        <source>The next problem (Alt+Right)</source>
        <translation>下一题（Alt+右）</translation>
    </message>
    <message>
        <source>Think</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>One trace, and one answer at once (Ctrl+Return)</source>
        <translation>一条思考过程，和一个直接的回答（Ctrl+Return）</translation>
    </message>
    <message>
        <source>The same problem with as many seeds (Ctrl+Shift+Return)</source>
        <translation>用这么多个种子做同一道题（Ctrl+Shift+Return）</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop where it is (Esc)</source>
        <translation>就此停止（Esc）</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>题库</translation>
    </message>
    <message>
        <source>Which kind of problem is drawn</source>
        <translation>抽取哪一类题目</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>How many sums a word problem takes</source>
        <translation>应用题需要几步计算</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>The same number gives the same problem</source>
        <translation>相同的编号给出相同的题目</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 takes the most likely token</source>
        <translation>0 表示总取最可能的词元</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>An attempt ends after so many tokens</source>
        <translation>一次尝试到这么多词元为止</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed gives the same random numbers</source>
        <translation>相同的种子给出相同的随机数</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>尝试次数</translation>
    </message>
    <message>
        <source>How often it is tried</source>
        <translation>尝试多少次</translation>
    </message>
    <message>
        <source>Try {count} times</source>
        <translation>尝试 {count} 次</translation>
    </message>
    <message>
        <source>Try once</source>
        <translation>尝试一次</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>ReadingSentence</name>
    <message>
        <source>Size of the model</source>
        <translation>模型大小</translation>
    </message>
    <message>
        <source>a file…</source>
        <translation>一个文件…</translation>
    </message>
    <message>
        <source>Choose a text</source>
        <translation>选择文本</translation>
    </message>
    <message>
        <source>a folder…</source>
        <translation>文件夹……</translation>
    </message>
    <message>
        <source>Choose a folder of texts</source>
        <translation>选择文本文件夹</translation>
    </message>
    <message>
        <source>Which text it learns: {name}</source>
        <translation>它学习的文本：{name}</translation>
    </message>
    <message>
        <source>Pieces that the text is cut into</source>
        <translation>文本被切成什么</translation>
    </message>
    <message>
        <source>byte pairs, {count}</source>
        <translation>字节对，{count}</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>字符</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>{stage} a {preset} model on {text} with {pieces} for {steps} steps, seed {seed}</source>
        <translation>{stage}一个 {preset} 模型，文本 {text}，用 {pieces}，训练 {steps} 步，种子 {seed}</translation>
    </message>
    <message>
        <source>tokenizer {name}</source>
        <translation>分词器 {name}</translation>
    </message>
    <message>
        <source>Python manual</source>
        <translation>Python 手册</translation>
    </message>
    <message>
        <source>Small world</source>
        <translation>小世界</translation>
    </message>
    <message>
        <source>the Python manual</source>
        <translation>Python 手册</translation>
    </message>
    <message>
        <source>the small world</source>
        <translation>小世界</translation>
    </message>
</context>
<context>
    <name>RewardSentence</name>
    <message>
        <source>What is liked</source>
        <translation>喜欢什么</translation>
    </message>
    <message>
        <source>Pairs of answers</source>
        <translation>回答对数</translation>
    </message>
    <message>
        <source>How often the labeller errs</source>
        <translation>标注者出错的比例</translation>
    </message>
    <message>
        <source>answers rich in words</source>
        <translation>词汇丰富的回答</translation>
    </message>
    <message>
        <source>polite answers</source>
        <translation>有礼貌的回答</translation>
    </message>
    <message>
        <source>brief answers</source>
        <translation>简短的回答</translation>
    </message>
    <message>
        <source>what I choose</source>
        <translation>我选的回答</translation>
    </message>
    <message>
        <source>{stage} from {parent} that likes {labeller}, seed {seed}</source>
        <translation>{stage}，从 {parent} 开始，喜欢{labeller}，种子 {seed}</translation>
    </message>
    <message>
        <source>{stage} from {parent} that likes {labeller}, learned from {pairs} pairs with {noise} wrong, seed {seed}</source>
        <translation>{stage}，从 {parent} 开始，喜欢{labeller}，学 {pairs} 对回答，其中 {noise} 标错，种子 {seed}</translation>
    </message>
    <message>
        <source>Choose between answers…</source>
        <translation>在回答之间选择……</translation>
    </message>
    <message>
        <source>It learns to tell by choices alone what is liked. The rule: {rule}</source>
        <translation>它只凭选择学会分辨什么受喜欢。规则：{rule}</translation>
    </message>
    <message>
        <source>Counting your choices between this model's answers …</source>
        <translation>正在统计你对这个模型的回答所做的选择……</translation>
    </message>
    <message>
        <source>You have chosen {kept} times between this model's answers; {least} are needed.</source>
        <translation>你已在这个模型的回答之间选了 {kept} 次；需要 {least} 次。</translation>
    </message>
    <message>
        <source>It learns from your {kept} choices between this model's answers.</source>
        <translation>它从你对这个模型的回答所做的 {kept} 次选择中学习。</translation>
    </message>
    <message>
        <source>The answer with more different words is preferred; words said again count against it.</source>
        <translation>不同的词更多的回答更受喜欢；重复的词扣分。</translation>
    </message>
    <message>
        <source>A polite answer is preferred; one phrase is enough, more of them annoy.</source>
        <translation>有礼貌的回答更受喜欢；一句客气话就够，多了惹人烦。</translation>
    </message>
    <message>
        <source>The shorter answer is preferred, as long as it has three words.</source>
        <translation>更短的回答更受喜欢，只要它有三个词。</translation>
    </message>
</context>
<context>
    <name>RunBar</name>
    <message>
        <source>What the run does</source>
        <translation>训练在做什么</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Save and end; it can be resumed</source>
        <translation>保存并结束；之后可以继续</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续训练</translation>
    </message>
    <message>
        <source>Go on from its last checkpoint</source>
        <translation>从最后的检查点继续</translation>
    </message>
    <message>
        <source>Train longer</source>
        <translation>延长训练</translation>
    </message>
    <message>
        <source>Go on for as many steps as the sentence above says</source>
        <translation>按上面句子中的步数再训练</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>step {step} of {steps}</source>
        <translation>第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>starting …</source>
        <translation>正在启动……</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>pausing …</source>
        <translation>正在暂停……</translation>
    </message>
    <message>
        <source>trained by another process</source>
        <translation>由另一个进程训练</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>saving and stopping …</source>
        <translation>正在保存并停止……</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>recorded when a shipped model was made</source>
        <translation>自带模型制作时的记录</translation>
    </message>
    <message>
        <source>reading the text</source>
        <translation>正在读取文本</translation>
    </message>
    <message>
        <source>learning the vocabulary</source>
        <translation>正在学习词表</translation>
    </message>
    <message>
        <source>cutting the text into tokens</source>
        <translation>正在把文本切成词元</translation>
    </message>
    <message>
        <source>drawing pairs of answers</source>
        <translation>正在采样成对的回答</translation>
    </message>
    <message>
        <source>making the model</source>
        <translation>正在建立模型</translation>
    </message>
    <message>
        <source>making the model fast</source>
        <translation>正在优化模型</translation>
    </message>
    <message>
        <source>{count} lines could not be used and were left out.</source>
        <translation>有 {count} 行无法使用，已略去。</translation>
    </message>
    <message>
        <source>{count} files hold no text and were left out.</source>
        <translation>有 {count} 个文件没有文本，已略去。</translation>
    </message>
    <message>
        <source>The text fills only {size} of the {wanted} entries of the vocabulary.</source>
        <translation>文本只填满了词表 {wanted} 项中的 {size} 项。</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Go on from step {step}</source>
        <translation>从第 {step} 步继续</translation>
    </message>
    <message>
        <source>The engine that trained this run has died. Nothing was saved yet: start it again.</source>
        <translation>训练它的引擎意外终止，还没有保存任何内容：请重新开始。</translation>
    </message>
    <message>
        <source>The engine that trained this run has died. Every point is kept, and step {step} is saved.</source>
        <translation>训练它的引擎意外终止。所有数据点都在，第 {step} 步已保存。</translation>
    </message>
</context>
<context>
    <name>RunList</name>
    <message>
        <source>Runs</source>
        <translation>训练记录</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show its curves and sayings (Enter)</source>
        <translation>显示它的曲线和话语（回车）</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续训练</translation>
    </message>
    <message>
        <source>Go on from its last checkpoint</source>
        <translation>从最后的检查点继续</translation>
    </message>
    <message>
        <source>Try it in Sampling</source>
        <translation>到采样中试用</translation>
    </message>
    <message>
        <source>Let its model write</source>
        <translation>让它的模型写作</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Give it another name (F2)</source>
        <translation>换个名字（F2）</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Move it to the bin (Del)</source>
        <translation>移到回收站（Del）</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Take it out of the bin</source>
        <translation>从回收站取回</translation>
    </message>
    <message>
        <source>Empty the bin</source>
        <translation>清空回收站</translation>
    </message>
    <message>
        <source>Delete these for good</source>
        <translation>彻底删除这些记录</translation>
    </message>
    <message>
        <source>What was deleted, to bring back</source>
        <translation>已删除、可以取回的记录</translation>
    </message>
    <message>
        <source>The bin is empty.</source>
        <translation>回收站是空的。</translation>
    </message>
    <message>
        <source>No runs yet: press Start, and the first one stands here.</source>
        <translation>还没有训练记录：按“开始”，第一条就会出现在这里。</translation>
    </message>
    <message>
        <source>In the bin</source>
        <translation>回收站里</translation>
    </message>
    <message>
        <source>Bin ({count})</source>
        <translation>回收站（{count}）</translation>
    </message>
    <message>
        <source>Take out of the plot</source>
        <translation>不再画出</translation>
    </message>
    <message>
        <source>Draw in the plot</source>
        <translation>画进图中</translation>
    </message>
    <message>
        <source>Show its folder</source>
        <translation>显示所在文件夹</translation>
    </message>
</context>
<context>
    <name>RunTable</name>
    <message>
        <source>Drawn</source>
        <translation>画出</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Training loss</source>
        <translation>训练损失</translation>
    </message>
    <message>
        <source>Held-out loss</source>
        <translation>留出损失</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>已画出</translation>
    </message>
    <message>
        <source>not drawn</source>
        <translation>未画出</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>engine died</source>
        <translation>引擎终止</translation>
    </message>
    <message>
        <source>recorded</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
</context>
<context>
    <name>SampleView</name>
    <message>
        <source>What the model says</source>
        <translation>模型说的话</translation>
    </message>
    <message>
        <source>Earlier sayings</source>
        <translation>从前的话</translation>
    </message>
    <message>
        <source>Back to what it said before</source>
        <translation>回看它从前说的话</translation>
    </message>
    <message>
        <source>Newest</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>Show the newest saying and follow on</source>
        <translation>显示最新的话并继续跟随</translation>
    </message>
    <message>
        <source>Sample now</source>
        <translation>现在采样</translation>
    </message>
    <message>
        <source>Let the model write something after this step</source>
        <translation>这一步之后让模型写一段</translation>
    </message>
    <message>
        <source>step {step}  ({number} of {count})</source>
        <translation>第 {step} 步（{number} / {count}）</translation>
    </message>
</context>
<context>
    <name>SamplerControls</name>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>换个种子</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Keep so many of the most likely tokens</source>
        <translation>只保留最可能的若干个词元</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Keep the most likely tokens that reach this probability together</source>
        <translation>保留合计达到此概率的最可能词元</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Keep tokens at least this share as likely as the most likely one</source>
        <translation>保留概率不低于最可能词元这一比例的词元</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed gives the same random numbers</source>
        <translation>相同的种子给出相同的随机数</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元数</translation>
    </message>
    <message>
        <source>A run ends after so many tokens</source>
        <translation>写这么多词元后结束</translation>
    </message>
    <message>
        <source>Always the most likely token: nothing is left to chance.</source>
        <translation>总取最可能的词元：没有任何偶然。</translation>
    </message>
    <message>
        <source>Cold: likely tokens get likelier; safe, and soon repeating itself.</source>
        <translation>冷：可能的更可能；稳妥，但很快会重复。</translation>
    </message>
    <message>
        <source>Cool: a little surer than the model learned.</source>
        <translation>凉：比模型学到的更确定一些。</translation>
    </message>
    <message>
        <source>As the model learned it.</source>
        <translation>和模型学到的一样。</translation>
    </message>
    <message>
        <source>Warm: rare tokens get their chance.</source>
        <translation>温：少见的词元也有机会。</translation>
    </message>
    <message>
        <source>Hot: nearly anything can come; sense gets lost.</source>
        <translation>热：几乎什么都可能出现；意义会丢失。</translation>
    </message>
</context>
<context>
    <name>Sampling</name>
    <message>
        <source>{name} · step {step}</source>
        <translation>{name} · 第 {step} 步</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>{parameters} parameters</source>
        <translation>{parameters} 个参数</translation>
    </message>
    <message>
        <source>weights {hash}</source>
        <translation>权重 {hash}</translation>
    </message>
    <message>
        <source>weights in 8 bits</source>
        <translation>8 位权重</translation>
    </message>
    <message>
        <source>“{text}” · id {id}</source>
        <translation>“{text}” · 编号 {id}</translation>
    </message>
    <message>
        <source>{share} at T = 1, log-probability {logprob}</source>
        <translation>T = 1 时 {share}，对数概率 {logprob}</translation>
    </message>
    <message>
        <source>click: back to before this token</source>
        <translation>点击：回到这个词元之前</translation>
    </message>
    <message>
        <source>Writing: {rate} tokens/s</source>
        <translation>正在写：{rate} 词元/秒</translation>
    </message>
    <message>
        <source>✗ Other than before from token {place} on.</source>
        <translation>✗ 从第 {place} 个词元起与之前不同。</translation>
    </message>
    <message>
        <source>{same} of {total} tokens as before</source>
        <translation>{total} 个词元中有 {same} 个与之前相同</translation>
    </message>
    <message>
        <source>✓ The same {total} tokens as before.</source>
        <translation>✓ 与之前相同的 {total} 个词元。</translation>
    </message>
    <message>
        <source>Done: as many tokens as asked for.</source>
        <translation>完成：已写够所要的词元数。</translation>
    </message>
    <message>
        <source>The model ended its text with an end token.</source>
        <translation>模型用结束词元结束了文本。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>The context window of {context} tokens is full: take some back, or start again.</source>
        <translation>{context} 个词元的上下文窗口已满：退回一些，或重新开始。</translation>
    </message>
    <message>
        <source>The engine that runs the model stopped. Your text stays here until it is back.</source>
        <translation>运行模型的引擎停止了。在它恢复之前，你的文本会留在这里。</translation>
    </message>
</context>
<context>
    <name>SamplingPanel</name>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>The model gives every token a probability; chance picks one; then all begins anew.</source>
        <translation>模型给每个词元一个概率；由偶然选出一个；然后一切重新开始。</translation>
    </message>
    <message>
        <source>What comes next?</source>
        <translation>接下来是什么？</translation>
    </message>
    <message>
        <source>Cold: T = 0</source>
        <translation>冷：T = 0</translation>
    </message>
    <message>
        <source>Hot: T = 1.8</source>
        <translation>热：T = 1.8</translation>
    </message>
    <message>
        <source>Same seed, same text</source>
        <translation>同一种子，同一文本</translation>
    </message>
    <message>
        <source>Copy the text</source>
        <translation>复制文本</translation>
    </message>
    <message>
        <source>Copy the distribution as CSV</source>
        <translation>复制分布（CSV）</translation>
    </message>
    <message>
        <source>Copy the distribution as JSON</source>
        <translation>复制分布（JSON）</translation>
    </message>
    <message>
        <source>Save the picture…</source>
        <translation>保存图片……</translation>
    </message>
    <message>
        <source>The</source>
        <translation>The</translation>
    </message>
    <message>
        <source>The text is on the clipboard.</source>
        <translation>文本已复制到剪贴板。</translation>
    </message>
    <message>
        <source>The distribution is on the clipboard.</source>
        <translation>分布已复制到剪贴板。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Start it again</source>
        <translation>重新启动</translation>
    </message>
</context>
<context>
    <name>ServersPage</name>
    <message>
        <source>Models at servers that speak OpenAI's protocol: vLLM, llama.cpp, Ollama, LM Studio.</source>
        <translation>使用 OpenAI 协议的服务器上的模型：vLLM、llama.cpp、Ollama、LM Studio。</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>my-server</source>
        <translation>我的服务器</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>none needed for most local servers</source>
        <translation>多数本地服务器不需要</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Add and test</source>
        <translation>添加并测试</translation>
    </message>
    <message>
        <source>The key goes into the keyring of {machine}; the address is as seen from there.</source>
        <translation>密钥存入 {machine} 的钥匙串；地址以那台机器为准。</translation>
    </message>
    <message>
        <source>The key goes into the system's keyring, never into a file.</source>
        <translation>密钥存入系统钥匙串，绝不写入文件。</translation>
    </message>
    <message>
        <source>Asking {name} for its models …</source>
        <translation>正在询问 {name} 有哪些模型……</translation>
    </message>
    <message>
        <source>✓ {name} answers and has {count} models. They stand in the list.</source>
        <translation>✓ {name} 有回应，有 {count} 个模型，已列入列表。</translation>
    </message>
    <message>
        <source>Its address is not encrypted: the key travels in the open.</source>
        <translation>它的地址没有加密：密钥以明文传送。</translation>
    </message>
</context>
<context>
    <name>SetupSentence</name>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed gives the same run</source>
        <translation>相同的种子给出相同的训练</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Start training (Ctrl+Return)</source>
        <translation>开始训练（Ctrl+回车）</translation>
    </message>
    <message>
        <source>Stage of training</source>
        <translation>训练阶段</translation>
    </message>
    <message>
        <source>Pretrain</source>
        <translation>预训练</translation>
    </message>
    <message>
        <source>Finetune</source>
        <translation>微调</translation>
    </message>
    <message>
        <source>Rejection sampling</source>
        <translation>拒绝采样</translation>
    </message>
    <message>
        <source>GRPO</source>
        <translation>GRPO</translation>
    </message>
    <message>
        <source>a folder with a model…</source>
        <translation>模型所在的文件夹…</translation>
    </message>
    <message>
        <source>Choose a folder with a model</source>
        <translation>选择模型所在的文件夹</translation>
    </message>
    <message>
        <source>Which model it begins from: {name}</source>
        <translation>从哪个模型开始：{name}</translation>
    </message>
    <message>
        <source>{model}, {stage}</source>
        <translation>{model}，{stage}</translation>
    </message>
    <message>
        <source>Reward model</source>
        <translation>奖励模型</translation>
    </message>
    <message>
        <source>RLHF</source>
        <translation>RLHF</translation>
    </message>
    <message>
        <source>no model yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>looking for models …</source>
        <translation>正在找模型……</translation>
    </message>
    <message>
        <source>Finetune one</source>
        <translation>先微调一个</translation>
    </message>
    <message>
        <source>Pretrain one</source>
        <translation>先预训练一个</translation>
    </message>
    <message>
        <source>shipped</source>
        <translation>自带</translation>
    </message>
    <message>
        <source>{stage}, step {step}</source>
        <translation>{stage}，第 {step} 步</translation>
    </message>
    <message>
        <source>nano: 0.9 million weights; two CPU cores teach it in a few minutes.</source>
        <translation>nano:90 万个权重；两个 CPU 核心几分钟就能教会。</translation>
    </message>
    <message>
        <source>micro: 1.3 million weights, and room for 512 tokens: for long answers.</source>
        <translation>micro：130 万个权重，能容纳 512 个词元，适合长回答。</translation>
    </message>
    <message>
        <source>small: 12 million weights; wants a laptop's GPU.</source>
        <translation>small:1200 万个权重；需要笔记本电脑的 GPU。</translation>
    </message>
    <message>
        <source>medium: 82 million weights; wants a large GPU.</source>
        <translation>medium:8200 万个权重；需要大型 GPU。</translation>
    </message>
    <message>
        <source>medium wants a large GPU. The engine has only a CPU here: one step may take minutes.</source>
        <translation>medium 需要大型 GPU。这里的引擎只有 CPU：一步可能要几分钟。</translation>
    </message>
    <message>
        <source>small wants a laptop's GPU. The engine has only a CPU here: it will take hours.</source>
        <translation>small 需要笔记本电脑的 GPU。这里的引擎只有 CPU：要几个小时。</translation>
    </message>
</context>
<context>
    <name>SidePane</name>
    <message>
        <source>What it tries</source>
        <translation>它的尝试</translation>
    </message>
    <message>
        <source>What it says</source>
        <translation>它说的话</translation>
    </message>
    <message>
        <source>Tries or sayings</source>
        <translation>尝试或说的话</translation>
    </message>
    <message>
        <source>Here stand the answers of the first update, soon.</source>
        <translation>第一次更新的回答很快会出现在这里。</translation>
    </message>
    <message>
        <source>This run has tried nothing yet.</source>
        <translation>这次训练还没有尝试过什么。</translation>
    </message>
    <message>
        <source>Reading what it tried …</source>
        <translation>正在读取它的尝试……</translation>
    </message>
</context>
<context>
    <name>Stages</name>
    <message>
        <source>pretraining</source>
        <translation>预训练</translation>
    </message>
    <message>
        <source>finetuning</source>
        <translation>微调</translation>
    </message>
    <message>
        <source>rejection sampling</source>
        <translation>拒绝采样</translation>
    </message>
    <message>
        <source>GRPO</source>
        <translation>GRPO</translation>
    </message>
    <message>
        <source>reward model</source>
        <translation>奖励模型</translation>
    </message>
    <message>
        <source>RLHF</source>
        <translation>RLHF</translation>
    </message>
    <message>
        <source>It reads conversations, and learns only what the assistant says in them.</source>
        <translation>它读对话，只学其中助手说的话。</translation>
    </message>
    <message>
        <source>It answers word problems many times; the right answers are what it learns, and again.</source>
        <translation>它把应用题答很多遍，只学答对的，再来一轮。</translation>
    </message>
    <message>
        <source>It answers word problems many times; answers better than their group become likelier.</source>
        <translation>它把应用题答很多遍；比同组更好的回答，以后更容易出现。</translation>
    </message>
    <message>
        <source>Finetuning begins from a model that has read something: pretrain one first.</source>
        <translation>微调要从读过书的模型开始：请先预训练一个。</translation>
    </message>
    <message>
        <source>Rejection sampling begins from a model that chats: finetune one first.</source>
        <translation>拒绝采样要从会对话的模型开始：请先微调一个。</translation>
    </message>
    <message>
        <source>GRPO begins from a model that chats: finetune one first.</source>
        <translation>GRPO 要从会对话的模型开始：请先微调一个。</translation>
    </message>
    <message>
        <source>A reward model judges the answers of a model that chats: finetune one first.</source>
        <translation>奖励模型评判会对话的模型的回答：请先微调一个。</translation>
    </message>
    <message>
        <source>RLHF begins from a model that chats: finetune one first.</source>
        <translation>RLHF 从会对话的模型开始：请先微调一个。</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Engine and device</source>
        <translation>引擎与设备</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Start the engine again</source>
        <translation>重新启动引擎</translation>
    </message>
    <message>
        <source>engine stopped</source>
        <translation>引擎已停止</translation>
    </message>
    <message>
        <source>engine stopped, starting again …</source>
        <translation>引擎停止了，正在重新启动……</translation>
    </message>
    <message>
        <source>engine starting …</source>
        <translation>引擎启动中……</translation>
    </message>
    <message>
        <source>engine ready</source>
        <translation>引擎就绪</translation>
    </message>
    <message>
        <source>no engine from “{command}”</source>
        <translation>“{command}”没有启动引擎</translation>
    </message>
    <message>
        <source>connection lost, trying again: “{command}”</source>
        <translation>连接中断，正在重试：“{command}”</translation>
    </message>
    <message>
        <source>engine starting by “{command}” …</source>
        <translation>正在用“{command}”启动引擎…</translation>
    </message>
    <message>
        <source>engine ready on {machine}</source>
        <translation>引擎已在 {machine} 上就绪</translation>
    </message>
    <message>
        <source>version {there} there, {here} here: install the same</source>
        <translation>那边是版本 {there}，这边是 {here}：请安装相同的版本</translation>
    </message>
    <message>
        <source>CPU, {count} threads</source>
        <translation>CPU，{count} 个线程</translation>
    </message>
    <message>
        <source>{device}, {free} free</source>
        <translation>{device}，空闲 {free}</translation>
    </message>
</context>
<context>
    <name>StreamView</name>
    <message>
        <source>A server remembers nothing: each request sends the whole stream again, the model's own answers with their end tokens included. The prices are those of the Tokens panel.</source>
        <translation>服务器什么也不记得：每次请求都重新发送整条词元流，包括模型自己的回答及其结束词元。价格取自“词元”面板。</translation>
    </message>
    <message>
        <source>Cells</source>
        <translation>格子</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Ids</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Surprise</source>
        <translation>意外程度</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>How unexpected each token was to the model</source>
        <translation>每个词元对模型来说有多意外</translation>
    </message>
    <message>
        <source>Click a token: what the model looked at from there</source>
        <translation>点击一个词元：看模型从那里看向了哪里</translation>
    </message>
</context>
<context>
    <name>TextWork</name>
    <message>
        <source>Your text</source>
        <translation>你的文本</translation>
    </message>
    <message>
        <source>Type or paste a text, or drop a file here.</source>
        <translation>输入或粘贴文本，或把文件拖到这里。</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Compare encodings</source>
        <translation>比较编码</translation>
    </message>
    <message>
        <source>Count letters</source>
        <translation>数字母</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>Train a tokenizer</source>
        <translation>训练分词器</translation>
    </message>
</context>
<context>
    <name>Thinking</name>
    <message>
        <source>another number</source>
        <translation>是另一个数</translation>
    </message>
    <message>
        <source>no number</source>
        <translation>没有数</translation>
    </message>
    <message>
        <source>several answers</source>
        <translation>有多个答案</translation>
    </message>
    <message>
        <source>nothing was said</source>
        <translation>什么也没说</translation>
    </message>
    <message>
        <source>the thinking does not end</source>
        <translation>思考没有结束</translation>
    </message>
    <message>
        <source>no answer after thinking</source>
        <translation>思考之后没有回答</translation>
    </message>
    <message>
        <source>it thought twice</source>
        <translation>思考了两次</translation>
    </message>
    <message>
        <source>a sum that was not done</source>
        <translation>算式没有算完</translation>
    </message>
    <message>
        <source>✗ no answer to be read: {reason}</source>
        <translation>✗ 读不出答案：{reason}</translation>
    </message>
    <message>
        <source>answer {answer}; nobody knows what is right</source>
        <translation>答案 {answer}；没有已知的正确答案</translation>
    </message>
    <message>
        <source>✓ right: {answer}</source>
        <translation>✓ 正确：{answer}</translation>
    </message>
    <message>
        <source>✗ wrong: {answer}</source>
        <translation>✗ 错误：{answer}</translation>
    </message>
    <message>
        <source>thinking: {tokens} tokens, {seconds} s</source>
        <translation>思考：{tokens} 个词元，{seconds} 秒</translation>
    </message>
    <message>
        <source>answer: {tokens} tokens, {seconds} s</source>
        <translation>回答：{tokens} 个词元，{seconds} 秒</translation>
    </message>
    <message>
        <source>{done} of {total} attempts have ended</source>
        <translation>{total} 次尝试中已结束 {done} 次</translation>
    </message>
    <message>
        <source>{right} of {done} right ({share} %)</source>
        <translation>{done} 次中对了 {right} 次（{share} %）</translation>
    </message>
    <message>
        <source>{left} to come</source>
        <translation>还有 {left} 次</translation>
    </message>
    <message>
        <source>{tokens} tokens in {seconds} s</source>
        <translation>{seconds} 秒内 {tokens} 个词元</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Majority vote: a tie between {answers}</source>
        <translation>多数表决：{answers} 票数相同</translation>
    </message>
    <message>
        <source>Majority vote: {answer}</source>
        <translation>多数表决：{answer}</translation>
    </message>
    <message>
        <source>without a right answer there are no marks</source>
        <translation>没有正确答案就没有对错标记</translation>
    </message>
    <message>
        <source>{count} × other answers</source>
        <translation>{count} × 其他答案</translation>
    </message>
    <message>
        <source>{count} × no answer</source>
        <translation>{count} × 没有答案</translation>
    </message>
    <message>
        <source>This model has no chat format, so it cannot be asked to think. Choose one that has learned from conversations.</source>
        <translation>这个模型没有对话格式，无法要求它思考。请选择用对话训练过的模型。</translation>
    </message>
    <message>
        <source>This model has no tokens for thinking: it is asked in words to work in steps.</source>
        <translation>这个模型没有思考词元：只用文字请它分步解答。</translation>
    </message>
</context>
<context>
    <name>ThinkingPanel</name>
    <message>
        <source>Thinking traces</source>
        <translation>思考过程</translation>
    </message>
    <message>
        <source>A model has no paper but its own text: what it writes first is its thinking.</source>
        <translation>模型没有草稿纸，只有自己的文本：它先写下的就是它的思考。</translation>
    </message>
    <message>
        <source>Copy the trace</source>
        <translation>复制思考过程</translation>
    </message>
    <message>
        <source>Copy the attempts as CSV</source>
        <translation>以 CSV 复制各次尝试</translation>
    </message>
    <message>
        <source>Copy the attempts as JSON</source>
        <translation>以 JSON 复制各次尝试</translation>
    </message>
    <message>
        <source>Save the picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Emily's apples</source>
        <translation>艾米丽的苹果</translation>
    </message>
    <message>
        <source>One step</source>
        <translation>一步题</translation>
    </message>
    <message>
        <source>Three steps</source>
        <translation>三步题</translation>
    </message>
    <message>
        <source>Countdown</source>
        <translation>凑数游戏</translation>
    </message>
    <message>
        <source>15 attempts</source>
        <translation>15 次尝试</translation>
    </message>
    <message>
        <source>The trace is on the clipboard.</source>
        <translation>思考过程已复制到剪贴板。</translation>
    </message>
    <message>
        <source>The attempts are on the clipboard.</source>
        <translation>各次尝试已复制到剪贴板。</translation>
    </message>
    <message>
        <source>The engine that runs the model stopped. What it wrote stays here.</source>
        <translation>运行模型的引擎停止了。已写的内容保留在这里。</translation>
    </message>
</context>
<context>
    <name>TokenCard</name>
    <message>
        <source>One token</source>
        <translation>一个词元</translation>
    </message>
    <message>
        <source>id {id}</source>
        <translation>编号 {id}</translation>
    </message>
    <message>
        <source>token {number} of {count}</source>
        <translation>第 {number} 个词元，共 {count} 个</translation>
    </message>
    <message>
        <source>line {line}, character {column}</source>
        <translation>第 {line} 行，第 {column} 个字符</translation>
    </message>
    <message>
        <source>bytes {bytes}</source>
        <translation>字节 {bytes}</translation>
    </message>
</context>
<context>
    <name>TokenCells</name>
    <message>
        <source>surprise: {bits} bits or more</source>
        <translation>意外：{bits} 比特以上</translation>
    </message>
    <message>
        <source>expected: 0 bits</source>
        <translation>意料之中：0 比特</translation>
    </message>
    <message>
        <source>{share} of its attention, or more</source>
        <translation>占其注意力的 {share} 或更多</translation>
    </message>
    <message>
        <source>choose a token to see what it looked at</source>
        <translation>选一个词元，看它看向了哪里</translation>
    </message>
    <message>
        <source>not looked at</source>
        <translation>没有看</translation>
    </message>
    <message>
        <source>{token} {bits} bits</source>
        <translation>{token} {bits} 比特</translation>
    </message>
    <message>
        <source>Most surprising: {cells}</source>
        <translation>最出乎意料：{cells}</translation>
    </message>
    <message>
        <source>Looked most at: {cells}</source>
        <translation>最关注：{cells}</translation>
    </message>
    <message>
        <source>{author}, thinking</source>
        <translation>{author}，思考中</translation>
    </message>
    <message>
        <source>fallen out of the window</source>
        <translation>已掉出窗口</translation>
    </message>
    <message>
        <source>place {place} of {count}</source>
        <translation>第 {place} 个，共 {count} 个</translation>
    </message>
    <message>
        <source>{bits} bits</source>
        <translation>{bits} 比特</translation>
    </message>
    <message>
        <source>{share} of the attention</source>
        <translation>注意力的 {share}</translation>
    </message>
    <message>
        <source>The stream of tokens</source>
        <translation>词元流</translation>
    </message>
    <message>
        <source>Empty: this model remembers nothing but what stands here.</source>
        <translation>空的：模型只记得写在这里的内容，别的一概不记得。</translation>
    </message>
</context>
<context>
    <name>TokenFlow</name>
    <message>
        <source>Tokens and their ids</source>
        <translation>词元及其编号</translation>
    </message>
    <message>
        <source>The tokens of your text will stand here.</source>
        <translation>你的文本的词元会出现在这里。</translation>
    </message>
</context>
<context>
    <name>TokenSheet</name>
    <message>
        <source>The token's card</source>
        <translation>词元卡片</translation>
    </message>
    <message>
        <source>Close the token's card</source>
        <translation>关闭词元卡片</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭（Esc）</translation>
    </message>
    <message>
        <source>The place before</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>The next place</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Around it in the vocabulary</source>
        <translation>词表中的前后词条</translation>
    </message>
    <message>
        <source>It does not stand in your text.</source>
        <translation>它没有出现在你的文本中。</translation>
    </message>
    <message>
        <source>Place {number} of {count} in your text</source>
        <translation>在你的文本中：第 {number} 处，共 {count} 处</translation>
    </message>
    <message>
        <source>It stands {count} times in your text.</source>
        <translation>它在你的文本中出现 {count} 次。</translation>
    </message>
    <message>
        <source>It stands once in your text.</source>
        <translation>它在你的文本中出现一次。</translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation>{count} 字节</translation>
    </message>
    <message>
        <source>{count} byte</source>
        <translation>{count} 字节</translation>
    </message>
    <message>
        <source>id and rank {id}</source>
        <translation>id 与序位 {id}</translation>
    </message>
    <message>
        <source>id {id}</source>
        <translation>id {id}</translation>
    </message>
    <message>
        <source>no whole characters: parts of one</source>
        <translation>不是完整的字符，而是字符的一部分</translation>
    </message>
    <message>
        <source>{count} character</source>
        <translation>{count} 个字符</translation>
    </message>
    <message>
        <source>{count} characters</source>
        <translation>{count} 个字符</translation>
    </message>
    <message>
        <source>merge number {rank}</source>
        <translation>第 {rank} 次合并</translation>
    </message>
    <message>
        <source>A special token: no text contains it. It is put in by its id, to mark where something begins or ends.</source>
        <translation>特殊词元：任何文本都不包含它。它凭 id 插入，用来标记某部分的开始或结束。</translation>
    </message>
    <message>
        <source>This vocabulary has no merges: its entries were not built of one another.</source>
        <translation>这个词表没有合并：词条之间不是互相拼成的。</translation>
    </message>
    <message>
        <source>Too long for a tree of merges.</source>
        <translation>太长，无法画出合并树。</translation>
    </message>
    <message>
        <source>Its merges stop at {count} pieces: this token only comes where it is taken whole.</source>
        <translation>它的合并停在 {count} 块：只有整体取用时才会出现这个词元。</translation>
    </message>
    <message>
        <source>No merge made it: with such pieces every text begins.</source>
        <translation>它不是合并来的：任何文本最初都由这样的小块组成。</translation>
    </message>
    <message>
        <source>One merge built it:</source>
        <translation>由一次合并构成：</translation>
    </message>
    <message>
        <source>{count} merges built it:</source>
        <translation>由 {count} 次合并构成：</translation>
    </message>
</context>
<context>
    <name>TokenStrip</name>
    <message>
        <source>The text so far</source>
        <translation>目前的文本</translation>
    </message>
</context>
<context>
    <name>TokenizerPanel</name>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>What a model sees is not letters but these numbered pieces.</source>
        <translation>模型看到的不是字母，而是这些带编号的片段。</translation>
    </message>
    <message>
        <source>Open file …</source>
        <translation>打开文件……</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Copy ids</source>
        <translation>复制编号</translation>
    </message>
    <message>
        <source>Copy tokens as CSV</source>
        <translation>复制词元（CSV）</translation>
    </message>
    <message>
        <source>Copy tokens as JSON</source>
        <translation>复制词元（JSON）</translation>
    </message>
    <message>
        <source>Card of the token at the caret</source>
        <translation>光标处词元的卡片</translation>
    </message>
    <message>
        <source>Open a tokenizer …</source>
        <translation>打开分词器……</translation>
    </message>
    <message>
        <source>Forget this tokenizer</source>
        <translation>从列表中移除这个分词器</translation>
    </message>
    <message>
        <source>Save picture …</source>
        <translation>保存图片……</translation>
    </message>
    <message>
        <source>中文 vs English</source>
        <translation>中文与英文</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Emoji</source>
        <translation>表情符号</translation>
    </message>
    <message>
        <source>Four encodings</source>
        <translation>四种编码</translation>
    </message>
    <message>
        <source>A chat as a stream</source>
        <translation>对话变成词元流</translation>
    </message>
    <message>
        <source>Where this tokenizer cuts a text cannot be told from its parts: its tokens are counted anew after each pause; a text of more than 100,000 characters is read in parts of that length.</source>
        <translation>无法从局部判断这个分词器在哪里切分文本：每次停顿后都重新计算全部词元；超过 100,000 个字符的文本按该长度分段读取。</translation>
    </message>
    <message>
        <source>Opening the tokenizer …</source>
        <translation>正在打开分词器……</translation>
    </message>
    <message>
        <source>Reading the file …</source>
        <translation>正在读取文件……</translation>
    </message>
    <message>
        <source>Putting in the text …</source>
        <translation>正在放入文本……</translation>
    </message>
    <message>
        <source>Copying …</source>
        <translation>正在复制……</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{count} characters</source>
        <translation>{count} 个字符</translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation>{count} 字节</translation>
    </message>
    <message>
        <source>{part} of {whole}</source>
        <translation>{part} / {whole}</translation>
    </message>
    <message>
        <source>{share} characters per token</source>
        <translation>每个词元 {share} 个字符</translation>
    </message>
    <message>
        <source>Opened {name}</source>
        <translation>已打开 {name}</translation>
    </message>
    <message>
        <source>The engine that makes the tokens has stopped. Go on writing: nothing is lost, and the tokens come back with it.</source>
        <translation>切分词元的引擎停止了。请继续写：什么都不会丢，引擎恢复后词元也会回来。</translation>
    </message>
    <message>
        <source>This file ends its lines with CR LF. Here every line end counts as one character, LF.</source>
        <translation>此文件用 CR LF 换行。这里每个换行算作一个字符 LF。</translation>
    </message>
    <message>
        <source>This text is too large for the editor ({size}). Choose a part of at most 16 MB.</source>
        <translation>这段文本对编辑器来说太大（{size}）。请选择不超过 16 MB 的部分。</translation>
    </message>
    <message>
        <source>Open a text file</source>
        <translation>打开文本文件</translation>
    </message>
    <message>
        <source>Copied {count} tokens</source>
        <translation>已复制 {count} 个词元</translation>
    </message>
</context>
<context>
    <name>TraceView</name>
    <message>
        <source>Back to the trace</source>
        <translation>回到思考过程</translation>
    </message>
    <message>
        <source>The trace</source>
        <translation>思考过程</translation>
    </message>
    <message>
        <source>What the model thinks will stand here, as it is written.</source>
        <translation>模型的思考会在书写时出现在这里。</translation>
    </message>
    <message>
        <source>The same model, answering at once</source>
        <translation>同一个模型，直接回答</translation>
    </message>
    <message>
        <source>Reading the problem …</source>
        <translation>正在读题…</translation>
    </message>
    <message>
        <source>Attempt {number} of {count}</source>
        <translation>第 {number} 次尝试，共 {count} 次</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} 个词元</translation>
    </message>
    <message>
        <source>cut off</source>
        <translation>被截断</translation>
    </message>
</context>
<context>
    <name>TrainingPanel</name>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>A model that knows nothing reads a text and learns to guess what comes next, step by step.</source>
        <translation>一个一无所知的模型阅读文本，一步一步学会猜接下来是什么。</translation>
    </message>
    <message>
        <source>Learn the Python manual in 3 minutes</source>
        <translation>3 分钟学会 Python 手册</translation>
    </message>
    <message>
        <source>The small world</source>
        <translation>小世界</translation>
    </message>
    <message>
        <source>Letters instead of byte pairs</source>
        <translation>用字母代替字节对</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>换个种子</translation>
    </message>
    <message>
        <source>Teach it to chat</source>
        <translation>教它对话</translation>
    </message>
    <message>
        <source>Let it practise</source>
        <translation>让它做题</translation>
    </message>
    <message>
        <source>You be the judge</source>
        <translation>你来当评委</translation>
    </message>
    <message>
        <source>Please a judge, no leash</source>
        <translation>取悦评委，不带牵绳</translation>
    </message>
    <message>
        <source>A text of your own…</source>
        <translation>你自己的文本……</translation>
    </message>
    <message>
        <source>Save the curves as a picture…</source>
        <translation>把曲线保存为图片……</translation>
    </message>
    <message>
        <source>Copy the points (CSV)</source>
        <translation>复制数据点（CSV）</translation>
    </message>
    <message>
        <source>Copy the points (JSON)</source>
        <translation>复制数据点（JSON）</translation>
    </message>
    <message>
        <source>Copy the sayings (CSV)</source>
        <translation>复制话语（CSV）</translation>
    </message>
    <message>
        <source>Copy the sayings (JSON)</source>
        <translation>复制话语（JSON）</translation>
    </message>
    <message>
        <source>Watch a run folder…</source>
        <translation>观察一个训练文件夹……</translation>
    </message>
    <message>
        <source>Open a run from the list, or let a new model learn.</source>
        <translation>从列表中打开一次训练，或让新模型开始学习。</translation>
    </message>
    <message>
        <source>No model yet: let one learn the Python manual, here and now.</source>
        <translation>还没有模型：现在就让一个学习 Python 手册吧。</translation>
    </message>
    <message>
        <source>Here stands what the model writes, from its first steps on.</source>
        <translation>模型写的话会出现在这里，从最初几步开始。</translation>
    </message>
    <message>
        <source>This run has no sayings.</source>
        <translation>这次训练没有话语记录。</translation>
    </message>
    <message>
        <source>Set up: press Start.</source>
        <translation>已设置好：请按“开始”。</translation>
    </message>
    <message>
        <source>“{name}” is in the bin.</source>
        <translation>“{name}”已移到回收站。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The points are on the clipboard.</source>
        <translation>数据点已复制到剪贴板。</translation>
    </message>
    <message>
        <source>The sayings are on the clipboard.</source>
        <translation>话语已复制到剪贴板。</translation>
    </message>
    <message>
        <source>Watch a run folder</source>
        <translation>观察一个训练文件夹</translation>
    </message>
</context>
<context>
    <name>TryIt</name>
    <message>
        <source>A message to this model</source>
        <translation>给这个模型的消息</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Its answer</source>
        <translation>它的回答</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Waiting for the first word …</source>
        <translation>正在等待第一个字……</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{rate} tokens/s</source>
        <translation>{rate} 词元/秒</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>mean probability {share}</source>
        <translation>平均概率 {share}</translation>
    </message>
    <message>
        <source>least sure of “{token}” ({share})</source>
        <translation>最没把握的是“{token}”({share})</translation>
    </message>
</context>
<context>
    <name>TurnArrow</name>
    <message>
        <source>You write</source>
        <translation>轮到你写</translation>
    </message>
    <message>
        <source>The model writes</source>
        <translation>模型在写</translation>
    </message>
    <message>
        <source>A tool writes</source>
        <translation>工具在写</translation>
    </message>
    <message>
        <source>Nobody writes</source>
        <translation>没有人在写</translation>
    </message>
</context>
<context>
    <name>TurnEditor</name>
    <message>
        <source>This turn, to be written anew</source>
        <translation>要重写的这一轮</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Leave as it was</source>
        <translation>不作更改</translation>
    </message>
    <message>
        <source>Ctrl+Return</source>
        <translation>Ctrl+回车</translation>
    </message>
    <message>
        <source>Escape</source>
        <translation>Esc</translation>
    </message>
</context>
<context>
    <name>TurnList</name>
    <message>
        <source>The conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Nothing has been said. The model knows nothing of you, or of any earlier conversation.</source>
        <translation>还没有人说话。模型不认识你，也不知道任何以前的对话。</translation>
    </message>
    <message>
        <source>{turns} earlier turns are not shown here; they are in the stream.</source>
        <translation>更早的 {turns} 个轮次没有显示在这里；它们在词元流中。</translation>
    </message>
</context>
<context>
    <name>VocabularyPage</name>
    <message>
        <source>Search the vocabulary</source>
        <translation>搜索词表</translation>
    </message>
    <message>
        <source>contains</source>
        <translation>包含</translation>
    </message>
    <message>
        <source>begins with</source>
        <translation>开头是</translation>
    </message>
    <message>
        <source>ends with</source>
        <translation>结尾是</translation>
    </message>
    <message>
        <source>id</source>
        <translation>id</translation>
    </message>
    <message>
        <source>bytes in hex</source>
        <translation>十六进制字节</translation>
    </message>
    <message>
        <source>regular expression</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>by id</source>
        <translation>按 id</translation>
    </message>
    <message>
        <source>longest first</source>
        <translation>最长的在前</translation>
    </message>
    <message>
        <source>shortest first</source>
        <translation>最短的在前</translation>
    </message>
    <message>
        <source>How the search is meant</source>
        <translation>搜索方式</translation>
    </message>
    <message>
        <source>Order of the results</source>
        <translation>结果顺序</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>复制为 CSV</translation>
    </message>
    <message>
        <source>Entries of the vocabulary</source>
        <translation>词表中的词条</translation>
    </message>
    <message>
        <source>Copied {count} entries</source>
        <translation>已复制 {count} 个词条</translation>
    </message>
    <message>
        <source>Copying …</source>
        <translation>正在复制……</translation>
    </message>
    <message>
        <source>Looking … {count} so far</source>
        <translation>正在查找……目前 {count} 个</translation>
    </message>
    <message>
        <source>No entry of {entries} fits.</source>
        <translation>{entries} 个词条中没有符合的。</translation>
    </message>
    <message>
        <source>{count} of {entries} entries</source>
        <translation>{entries} 个词条中的 {count} 个</translation>
    </message>
</context>
<context>
    <name>VocabularyTable</name>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>{name} (special)</source>
        <translation>{name}（特殊）</translation>
    </message>
</context>
<context>
    <name>WorkArea</name>
    <message>
        <source>Start with the Python manual</source>
        <translation>从 Python 手册开始</translation>
    </message>
</context>
<context>
    <name>Writing</name>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Type the beginning of a text: the model goes on from there.</source>
        <translation>输入一段文本的开头：模型会接着写。</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>走一步</translation>
    </message>
    <message>
        <source>Draw one token (Space or →)</source>
        <translation>抽取一个词元（空格或 →）</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>连续写</translation>
    </message>
    <message>
        <source>Draw one token after another (Ctrl+Return)</source>
        <translation>一个接一个地抽取词元（Ctrl+回车）</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop after this token (Esc)</source>
        <translation>在这个词元之后停止（Esc）</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>退回</translation>
    </message>
    <message>
        <source>Remove the last token (Backspace or ←)</source>
        <translation>去掉最后一个词元（退格或 ←）</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重来</translation>
    </message>
    <message>
        <source>Remove what was written and write as much again (Ctrl+R)</source>
        <translation>去掉已写的，再写同样多（Ctrl+R）</translation>
    </message>
    <message>
        <source>Space: step · Ctrl+Return: run · Esc: stop · Backspace: take back · Ctrl+R: start again</source>
        <translation>空格：走一步 · Ctrl+回车：连续写 · Esc：停止 · 退格：退回 · Ctrl+R：重来</translation>
    </message>
    <message>
        <source>The prompt is too long for this model: its first {tokens} tokens are cut off.</source>
        <translation>提示对这个模型来说太长：最前面的 {tokens} 个词元被切掉了。</translation>
    </message>
    <message>
        <source>Point at a token: how likely the model found it.</source>
        <translation>指向一个词元：看模型认为它有多可能。</translation>
    </message>
    <message>
        <source>prompt {tokens}</source>
        <translation>提示 {tokens}</translation>
    </message>
    <message>
        <source>model {tokens}</source>
        <translation>模型 {tokens}</translation>
    </message>
    <message>
        <source>{used} of {context} tokens</source>
        <translation>已用 {used} / {context} 个词元</translation>
    </message>
    <message>
        <source>How much of the context window is used, in tokens</source>
        <translation>上下文窗口用了多少（词元）</translation>
    </message>
</context>
<context>
    <name>_Bar</name>
    <message>
        <source>Room left</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>{name}: {tokens} tokens, {share} of the window</source>
        <translation>{name}：{tokens} 个词元，占窗口的 {share}</translation>
    </message>
    <message>
        <source>The mark stands at {share}.</source>
        <translation>标记位于 {share} 处。</translation>
    </message>
</context>
<context>
    <name>_Grid</name>
    <message>
        <source>Heads: a column for each layer</source>
        <translation>注意力头：每层一列</translation>
    </message>
    <message>
        <source>The average of all heads of all layers</source>
        <translation>所有层的所有注意力头的平均</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Layer {layer}, head {head}</source>
        <translation>第 {layer} 层，第 {head} 头</translation>
    </message>
</context>
<context>
    <name>_JobRow</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>opened {when}</source>
        <translation>打开于 {when}</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Forget its address and its key</source>
        <translation>忘记它的地址和密钥</translation>
    </message>
    <message>
        <source>{count} models</source>
        <translation>{count} 个模型</translation>
    </message>
    <message>
        <source>With the document in the window</source>
        <translation>窗口里有这份文档</translation>
    </message>
    <message>
        <source>From its parameters alone</source>
        <translation>仅凭参数</translation>
    </message>
</context>
<context>
    <name>_Table</name>
    <message>
        <source>Runs</source>
        <translation>训练记录</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>{tokens} tokens cannot be generated. Give a number above 0.</source>
        <translation>无法生成 {tokens} 个词元。请给一个大于 0 的数。</translation>
    </message>
    <message>
        <source>--top-logprobs takes a number from 0 on, and needs --json.</source>
        <translation>--top-logprobs 需要一个不小于 0 的数，并且要有 --json。</translation>
    </message>
    <message>
        <source>{text} are no token ids. Give numbers such as 1,7,290.</source>
        <translation>{text} 不是词元编号。请给出像 1,7,290 这样的数。</translation>
    </message>
    <message>
        <source>{pair} is no bias. Give a token's id and a number: 290:-5.</source>
        <translation>{pair} 不是偏置。请给出词元编号和一个数：290:-5。</translation>
    </message>
    <message>
        <source>--device is for models on this machine: a server chooses its own.</source>
        <translation>--device 只用于本机上的模型：服务器自己选择设备。</translation>
    </message>
    <message>
        <source>{seconds} seconds cannot be waited. Give a number above 0.</source>
        <translation>无法等待 {seconds} 秒。请给出大于 0 的数。</translation>
    </message>
    <message>
        <source>{server} has these models: {models}. Name one after the address: {server}#NAME.</source>
        <translation>{server} 有这些模型：{models}。请在地址后写明一个：{server}#NAME。</translation>
    </message>
    <message>
        <source>There is no standard input to read from. Give the text on the command line.</source>
        <translation>没有可读的标准输入。请在命令行上给出文本。</translation>
    </message>
    <message>
        <source>There is no run in {folder} to go on with. Leave --resume out.</source>
        <translation>{folder} 中没有可以继续的训练。请去掉 --resume。</translation>
    </message>
    <message>
        <source>{path} is damaged. Use another checkpoint.</source>
        <translation>{path} 已损坏。请换一个检查点。</translation>
    </message>
    <message>
        <source>{path} is a finished model without a trainer's state: it cannot be trained on.</source>
        <translation>{path} 是没有训练状态的成品模型：不能继续训练。</translation>
    </message>
    <message>
        <source>There is no model at {path}. Choose a checkpoint's folder.</source>
        <translation>{path} 处没有模型。请选择检查点的文件夹。</translation>
    </message>
    <message>
        <source>{path} does not hold a model. Choose a checkpoint's folder.</source>
        <translation>{path} 里没有模型。请选择检查点的文件夹。</translation>
    </message>
    <message>
        <source>{path} has more tokens than its model. Use another checkpoint.</source>
        <translation>{path} 的词元比它的模型多。请换一个检查点。</translation>
    </message>
    <message>
        <source>{path} is a model of the kind {kind}, which cannot be opened yet. Choose a qwen3 model.</source>
        <translation>{path} 是 {kind} 类模型，目前无法打开。请选择 qwen3 模型。</translation>
    </message>
    <message>
        <source>{path} does not fit its config.json: {tensor} is not as it must be. Use another checkpoint.</source>
        <translation>{path} 与它的 config.json 不符：{tensor} 不对。请换一个检查点。</translation>
    </message>
    <message>
        <source>{path} has numbers in {tensor} that are not finite. Use another checkpoint.</source>
        <translation>{path} 的 {tensor} 中有非有限的数。请换一个检查点。</translation>
    </message>
    <message>
        <source>No text was chosen. Choose a file, or a folder of files.</source>
        <translation>没有选择文本。请选择一个文件或一个文件夹。</translation>
    </message>
    <message>
        <source>The text has only {tokens} tokens; to learn and to be tested it needs at least {needed}. Choose a longer text.</source>
        <translation>文本只有 {tokens} 个词元；要学习和测试，至少需要 {needed} 个。请选择更长的文本。</translation>
    </message>
    <message>
        <source>There is no CUDA card that torch can use here. Choose auto or cpu.</source>
        <translation>这里没有 torch 能用的 CUDA 显卡。请选择 auto 或 cpu。</translation>
    </message>
    <message>
        <source>Apple's GPU is not to be had here. Choose auto or cpu.</source>
        <translation>这里没有苹果 GPU 可用。请选择 auto 或 cpu。</translation>
    </message>
    <message>
        <source>{path} is not whole: {tensor} is missing or not as it must be. Use another copy of the model.</source>
        <translation>{path} 不完整：{tensor} 缺失或不对。请使用模型的另一份副本。</translation>
    </message>
    <message>
        <source>Only models trained here can be written as GGUF. Choose a run or a checkpoint.</source>
        <translation>只有在这里训练的模型才能写成 GGUF。请选择训练或检查点。</translation>
    </message>
    <message>
        <source>A model whose tokens are single characters cannot be written as GGUF: llama.cpp has no such tokenizer. Train one with byte pairs.</source>
        <translation>词元为单个字符的模型不能写成 GGUF：llama.cpp 没有这样的分词器。请用字节对训练一个。</translation>
    </message>
    <message>
        <source>{path} is damaged or not complete. Use another copy of the model.</source>
        <translation>{path} 已损坏或不完整。请使用模型的另一份副本。</translation>
    </message>
    <message>
        <source>{path} is not a GGUF file. Choose another file.</source>
        <translation>{path} 不是 GGUF 文件。请换一个文件。</translation>
    </message>
    <message>
        <source>{path} is a GGUF file of version {version}; versions 2 and 3 can be read. Convert it anew.</source>
        <translation>{path} 是第 {version} 版 GGUF 文件；只能读第 2 和第 3 版。请重新转换。</translation>
    </message>
    <message>
        <source>{path} packs {tensor} in a way (number {kind}) that cannot be read. Choose a file with another quantisation.</source>
        <translation>{path} 中 {tensor} 的打包方式（编号 {kind}）无法读取。请选择其他量化的文件。</translation>
    </message>
    <message>
        <source>{path} is a model of the kind {kind}. Choose one of these: {known}.</source>
        <translation>{path} 是 {kind} 类模型。请从中选择：{known}。</translation>
    </message>
    <message>
        <source>{path} is a mixture of experts, which cannot be computed here. Choose another model.</source>
        <translation>{path} 是专家混合模型，这里无法计算。请换一个模型。</translation>
    </message>
    <message>
        <source>{path} has heads that turn only in part, which cannot be computed here. Choose another model.</source>
        <translation>{path} 的注意力头只部分旋转，这里无法计算。请换一个模型。</translation>
    </message>
    <message>
        <source>{path} does not say its {name}. Use another copy of the model.</source>
        <translation>{path} 没有说明它的 {name}。请使用模型的另一份副本。</translation>
    </message>
    <message>
        <source>{path} is damaged. Use another copy of the model.</source>
        <translation>{path} 已损坏。请使用模型的另一份副本。</translation>
    </message>
    <message>
        <source>{path} uses {option} = {value}, which cannot be computed here. Choose another model.</source>
        <translation>{path} 使用 {option} = {value}，这里无法计算。请换一个模型。</translation>
    </message>
    <message>
        <source>{path} says {name} = {value}, which no model has. Use another copy.</source>
        <translation>{path} 写着 {name} = {value}，没有模型会这样。请使用另一份副本。</translation>
    </message>
    <message>
        <source>{path} does not hold a model. Choose a folder with a config.json.</source>
        <translation>{path} 里没有模型。请选择含有 config.json 的文件夹。</translation>
    </message>
    <message>
        <source>There is no model at {path}. Choose a folder or a GGUF file.</source>
        <translation>{path} 处没有模型。请选择文件夹或 GGUF 文件。</translation>
    </message>
    <message>
        <source>{path} has its weights as a pickle, which could run any program. Choose a model with safetensors or a GGUF file.</source>
        <translation>{path} 的权重是 pickle，可能运行任意程序。请选择 safetensors 模型或 GGUF 文件。</translation>
    </message>
    <message>
        <source>{path} has fewer tensors than its config.json has layers. Use another copy.</source>
        <translation>{path} 的张量比 config.json 的层还少。请使用另一份副本。</translation>
    </message>
    <message>
        <source>{path} is not complete: {file} is missing. Get the whole model.</source>
        <translation>{path} 不完整：缺少 {file}。请取得完整的模型。</translation>
    </message>
    <message>
        <source>There is no token at position {position}: the text has {tokens} tokens.</source>
        <translation>位置 {position} 没有词元：这段文本有 {tokens} 个词元。</translation>
    </message>
    <message>
        <source>{path} should end in .jsonl, .md or .json: that tells the form.</source>
        <translation>{path} 应以 .jsonl、.md 或 .json 结尾，由此确定格式。</translation>
    </message>
    <message>
        <source>{count} conversations have ids that begin with {beginning}. `conversations list` shows them.</source>
        <translation>有 {count} 个对话的编号以 {beginning} 开头。`conversations list` 会列出它们。</translation>
    </message>
    <message>
        <source>The seed cannot be {seed}. Choose a number from 0 on.</source>
        <translation>种子不能是 {seed}。请选择从 0 开始的数。</translation>
    </message>
    <message>
        <source>Weights in 8 bits go through code that is compiled already. Leave --compile out, or choose another --dtype.</source>
        <translation>8 位权重本来就经过已编译的代码。请去掉 --compile，或选择其他 --dtype。</translation>
    </message>
    <message>
        <source>--dtype and --compile are for models on this machine. Leave them out.</source>
        <translation>--dtype 和 --compile 只用于本机上的模型。请去掉它们。</translation>
    </message>
    <message>
        <source>A model at a server cannot be looked into. Choose one on this machine.</source>
        <translation>无法查看服务器上模型的内部。请选择这台机器上的模型。</translation>
    </message>
    <message>
        <source>The scale cannot be {scale}. Choose a number above 0, up to 1.</source>
        <translation>比例不能是 {scale}。请选择大于 0、不超过 1 的数。</translation>
    </message>
    <message>
        <source>There is no model called {name}. `llm-explorer models` lists them all.</source>
        <translation>没有叫 {name} 的模型。`llm-explorer models` 会列出全部。</translation>
    </message>
    <message>
        <source>{name} may be any of these: {paths}. Give the path.</source>
        <translation>{name} 可能是这些之一：{paths}。请给出路径。</translation>
    </message>
    <message>
        <source>{name} is at a server. Take that off with `llm-explorer server remove`.</source>
        <translation>{name} 在服务器上。请用 `llm-explorer server remove` 移除服务器。</translation>
    </message>
    <message>
        <source>{name} is at {path} and stays on the list as long as it is there.</source>
        <translation>{name} 位于 {path}，只要它在那里就会留在列表中。</translation>
    </message>
    <message>
        <source>{path} holds no conversation. A line is {{"role": "user", "content": "..."}}, or {{"messages": [...]}}.</source>
        <translation>{path} 中没有对话。每行应为 {{"role": "user", "content": "..."}} 或 {{"messages": [...]}}。</translation>
    </message>
    <message>
        <source>--set takes NAME=VALUE, but {given} has no =. Write it again.</source>
        <translation>--set 的写法是 NAME=VALUE，但 {given} 中没有 =。请重新填写。</translation>
    </message>
    <message>
        <source>There is no layer {layer}: the model's layers go from 0 to {last}.</source>
        <translation>没有第 {layer} 层：模型的层从 0 到 {last}。</translation>
    </message>
    <message>
        <source>There is no head {head}: each layer's heads go from 0 to {last}.</source>
        <translation>没有第 {head} 个注意力头：每层的头从 0 到 {last}。</translation>
    </message>
    <message>
        <source>{path} is not there any more. Look at the list again.</source>
        <translation>{path} 已不存在。请再看看列表。</translation>
    </message>
    <message>
        <source>{name} is in use. Choose another model where it is open, or close the window first.</source>
        <translation>{name} 正在使用中。请先在使用它的地方换一个模型，或关闭窗口。</translation>
    </message>
    <message>
        <source>There is no model {name} any more. Look at the list again.</source>
        <translation>模型 {name} 已不存在。请再看看列表。</translation>
    </message>
    <message>
        <source>{path} is not on the list of opened models. Look at the list again.</source>
        <translation>{path} 不在已打开模型的列表中。请再看看列表。</translation>
    </message>
    <message>
        <source>{size} bytes is no limit. Give 0 for none, or more.</source>
        <translation>{size} 字节不能作为上限。请给 0(不限)或更大的数。</translation>
    </message>
    <message>
        <source>The list of opened models {path} cannot be read ({reason}). Mend it or delete it.</source>
        <translation>已打开模型的列表 {path} 无法读取（{reason}）。请修好或删除它。</translation>
    </message>
    <message>
        <source>{path} is one of {count} pieces of a model, which cannot be opened here. Put them together with `llama-gguf-split --merge`.</source>
        <translation>{path} 是模型 {count} 个分片之一，这里无法打开。请用 `llama-gguf-split --merge` 合并。</translation>
    </message>
    <message>
        <source>{path} cannot be read ({reason}). Check its permissions.</source>
        <translation>{path} 无法读取（{reason}）。请检查权限。</translation>
    </message>
    <message>
        <source>There is nothing at {path} any more.</source>
        <translation>{path} 处已经没有东西了。</translation>
    </message>
    <message>
        <source>There is no template {name}. Choose one of {known}.</source>
        <translation>没有名为 {name} 的模板。请选择 {known} 之一。</translation>
    </message>
    <message>
        <source>There is no template yet. Write one in Jinja, or choose another.</source>
        <translation>还没有模板。请用 Jinja 写一个，或选择其他模板。</translation>
    </message>
    <message>
        <source>This tokenizer comes without a chat template. Choose one of the others.</source>
        <translation>这个分词器不带对话模板。请选择其他模板。</translation>
    </message>
    <message>
        <source>{path} cannot be written. Choose a file in a folder that is there.</source>
        <translation>无法写入 {path}。请选择一个已有文件夹中的文件。</translation>
    </message>
    <message>
        <source>{path} has no turns. Each begins with a line such as {example}.</source>
        <translation>{path} 中没有对话轮次。每一轮以 {example} 这样的一行开头。</translation>
    </message>
    <message>
        <source>{path} begins as a list but is no JSON ({reason}). Choose another file.</source>
        <translation>{path} 以列表开头，但不是 JSON（{reason}）。请选择另一个文件。</translation>
    </message>
    <message>
        <source>What was said could not be kept, for it does not follow what is on the disk. Open the conversation again from the list.</source>
        <translation>所说的内容无法保存，因为它与磁盘上的内容衔接不上。请从列表中重新打开此对话。</translation>
    </message>
    <message>
        <source>The conversation in {path} is damaged and cannot be read. It can only be deleted.</source>
        <translation>{path} 中的对话已损坏，无法读取，只能删除。</translation>
    </message>
    <message>
        <source>This conversation is not there any more. Look at the list again.</source>
        <translation>此对话已不存在。请重新查看列表。</translation>
    </message>
    <message>
        <source>The conversation in {path} could not be read ({reason}).</source>
        <translation>无法读取 {path} 中的对话（{reason}）。</translation>
    </message>
    <message>
        <source>This conversation was changed in another window. Open it again from the list.</source>
        <translation>此对话已在另一个窗口中更改。请从列表中重新打开。</translation>
    </message>
    <message>
        <source>There is another conversation {name} in {folder} already. Move one of the two elsewhere first.</source>
        <translation>{folder} 中已有另一个对话 {name}。请先将其中一个移到别处。</translation>
    </message>
    <message>
        <source>{conversation} is no conversation's name. Look at the list.</source>
        <translation>{conversation} 不是对话的名称。请查看列表。</translation>
    </message>
    <message>
        <source>There are only {count} conversations to learn from, {skipped} could not be used. Choose a file with more, one {{"messages": [...]}} a line.</source>
        <translation>可学习的对话只有 {count} 段，另有 {skipped} 段无法使用。请选择对话更多的文件，每行一个 {{"messages": [...]}}。</translation>
    </message>
    <message>
        <source>The folder {path} holds no .jsonl files. Choose conversations, one a line.</source>
        <translation>文件夹 {path} 中没有 .jsonl 文件。请选择每行一段的对话。</translation>
    </message>
    <message>
        <source>{folder} is not empty. Choose a new folder.</source>
        <translation>{folder} 不是空文件夹。请选择一个新文件夹。</translation>
    </message>
    <message>
        <source>{path} has no line with a text. Write one record a line, such as {example}.</source>
        <translation>{path} 中没有一行含有文本。请每行写一条记录，例如 {example}。</translation>
    </message>
    <message>
        <source>To read {path}, Parquet's library is needed. Install it: pip install pyarrow</source>
        <translation>要读取 {path}，需要 Parquet 的库。请安装：pip install pyarrow</translation>
    </message>
    <message>
        <source>{path} is not a Parquet file that can be read. Choose another file.</source>
        <translation>{path} 不是可读取的 Parquet 文件。请选择别的文件。</translation>
    </message>
    <message>
        <source>{path} has no column of texts. Name one of its columns text.</source>
        <translation>{path} 中没有文本列。请把其中一列命名为 text。</translation>
    </message>
    <message>
        <source>A world of {size} characters cannot be told. Choose from 100k to 10000M, as in world:24M.</source>
        <translation>无法生成 {size} 个字符的世界。请在 100k 到 10000M 之间选择，例如 world:24M。</translation>
    </message>
    <message>
        <source>The folder {path} holds no files with text. Choose another one.</source>
        <translation>文件夹 {path} 中没有含文本的文件。请选择别的文件夹。</translation>
    </message>
    <message>
        <source>{count} questions a task cannot be asked. Choose from 1 to 100000.</source>
        <translation>每项任务不能提 {count} 个问题。请选择 1 到 100000 之间的数。</translation>
    </message>
    <message>
        <source>There is no measurement {name}. Choose from: {known}.</source>
        <translation>没有名为 {name} 的测量。可选：{known}。</translation>
    </message>
    <message>
        <source>{path} does not fit its config.json: {tensor} is missing or no matrix of numbers. Use another copy.</source>
        <translation>{path} 与它的 config.json 不符：{tensor} 缺失或不是数的矩阵。请使用另一份副本。</translation>
    </message>
    <message>
        <source>{path} has numbers in {tensor} that are not finite. Use another copy.</source>
        <translation>{path} 的 {tensor} 中有非有限的数。请使用另一份副本。</translation>
    </message>
    <message>
        <source>{path} does not fit its config.json: {tensor} is not as it must be. Use another copy.</source>
        <translation>{path} 与它的 config.json 不符：{tensor} 不对。请使用另一份副本。</translation>
    </message>
    <message>
        <source>{path} is damaged or not a safetensors file. Use another copy of the model.</source>
        <translation>{path} 已损坏或不是 safetensors 文件。请使用模型的另一份副本。</translation>
    </message>
    <message>
        <source>There is no token {token} in this model's vocabulary: its ids go from 0 to {last}.</source>
        <translation>这个模型的词表里没有词元 {token}：编号从 0 到 {last}。</translation>
    </message>
    <message>
        <source>Nothing in {repo} fits {patterns}. It has: {names}.</source>
        <translation>{repo} 中没有符合 {patterns} 的文件。它有：{names}。</translation>
    </message>
    <message>
        <source>{repo} has its weights only in files that can hold programs ({names}): those are never opened here. Choose a repository with safetensors or GGUF files.</source>
        <translation>{repo} 的权重只存在于可能夹带程序的文件里（{names}）：这里从不打开这类文件。请选择含有 safetensors 或 GGUF 文件的仓库。</translation>
    </message>
    <message>
        <source>{repo} has no safetensors or GGUF files at its top. It has: {names}. Choose with --include.</source>
        <translation>{repo} 的顶层没有 safetensors 或 GGUF 文件。它有：{names}。请用 --include 选择。</translation>
    </message>
    <message>
        <source>{repo} has its model in several pieces of GGUF, which cannot be opened here. Choose another repository.</source>
        <translation>{repo} 的模型分成多个 GGUF 分片，这里无法打开。请换一个仓库。</translation>
    </message>
    <message>
        <source>{repo} has {count} models in GGUF: {names}. Choose one with --include NAME.</source>
        <translation>{repo} 有 {count} 个 GGUF 模型：{names}。请用 --include NAME 选择一个。</translation>
    </message>
    <message>
        <source>{repo} has a file whose name leads elsewhere ({name}). Do not use this repository.</source>
        <translation>{repo} 有一个文件的名字指向别处（{name}）。请不要使用这个仓库。</translation>
    </message>
    <message>
        <source>{names} may hold programs or are of no use here. Choose safetensors, GGUF, JSON or tokenizer files.</source>
        <translation>{names} 可能夹带程序，或在这里没有用处。请选择 safetensors、GGUF、JSON 或分词器文件。</translation>
    </message>
    <message>
        <source>{repo} is not a repository's name. Write it as OWNER/NAME.</source>
        <translation>{repo} 不是仓库名。请写成 OWNER/NAME 的形式。</translation>
    </message>
    <message>
        <source>{repo} needs {need} MB, and the disk of {path} has {free} MB left. Make room, or choose another folder with --data-dir.</source>
        <translation>{repo} 需要 {need} MB，而 {path} 所在的磁盘只剩 {free} MB。请腾出空间，或用 --data-dir 选择别的文件夹。</translation>
    </message>
    <message>
        <source>{repo} is being downloaded already. Wait until that is done.</source>
        <translation>{repo} 正在下载中。请等它完成。</translation>
    </message>
    <message>
        <source>{file} is not as large as the hub says ({size} bytes). Try again; if it stays so, do not use it.</source>
        <translation>{file} 的大小与 Hub 所说的（{size} 字节）不符。请再试；如果仍然如此，请不要使用它。</translation>
    </message>
    <message>
        <source>The connection to the hub breaks again and again. {have} of {size} bytes of {file} are kept: run the same command to go on from there.</source>
        <translation>与 Hub 的连接一再中断。{file} 的 {size} 字节中已保留 {have} 字节：再次运行同一命令即可从那里继续。</translation>
    </message>
    <message>
        <source>{file} arrived damaged and was deleted. Run the same command again to fetch it anew.</source>
        <translation>{file} 下载后已损坏，已被删除。请再次运行同一命令重新下载。</translation>
    </message>
    <message>
        <source>The hub cannot be reached ({reason}). Check the network, or HF_ENDPOINT if it is set.</source>
        <translation>无法连接 Hub({reason})。请检查网络；如果设置了 HF_ENDPOINT，也请检查它。</translation>
    </message>
    <message>
        <source>The hub answers with {status}. Try again later; what is already here is kept.</source>
        <translation>Hub 的回答是 {status}。请稍后再试；已下载的部分保留着。</translation>
    </message>
    <message>
        <source>What the hub says about {repo} makes no sense ({reason}). Check HF_ENDPOINT if it is set.</source>
        <translation>Hub 关于 {repo} 的回答无法理解（{reason}）。如果设置了 HF_ENDPOINT，请检查它。</translation>
    </message>
    <message>
        <source>The hub has no {repo}, or only for people with access. Check the name; for a private one, log in with `hf auth login`.</source>
        <translation>Hub 上没有 {repo}，或只对有权限的人开放。请检查名称；若是私有仓库，请用 `hf auth login` 登录。</translation>
    </message>
    <message>
        <source>The hub does not allow you to have {repo}. Ask for access on its page, and log in with `hf auth login`.</source>
        <translation>Hub 不允许你下载 {repo}。请在它的页面上申请权限，并用 `hf auth login` 登录。</translation>
    </message>
    <message>
        <source>The hub has no {repo}, or not all of its files. Check the name.</source>
        <translation>Hub 上没有 {repo}，或缺少其中的文件。请检查名称。</translation>
    </message>
    <message>
        <source>The hub has had enough requests for now. Try again in some minutes.</source>
        <translation>Hub 暂时不再接受请求。请过几分钟再试。</translation>
    </message>
    <message>
        <source>Downloads need the package huggingface_hub. Run `pip install 'llm-explorer[hub]'` and try again.</source>
        <translation>下载需要 huggingface_hub 包。请运行 `pip install 'llm-explorer[hub]'` 后再试。</translation>
    </message>
    <message>
        <source>{repo} asks everyone to accept its terms first. Do so on its page, log in with `hf auth login`, and try again.</source>
        <translation>{repo} 要求先接受它的条款。请在它的页面上接受，用 `hf auth login` 登录，然后再试。</translation>
    </message>
    <message>
        <source>{repo} has no revision {revision}. Name a branch, tag or commit that it has.</source>
        <translation>{repo} 没有版本 {revision}。请给出它有的分支、标签或提交。</translation>
    </message>
    <message>
        <source>The environment variable HF_HUB_OFFLINE forbids to ask the hub. Unset it to download.</source>
        <translation>环境变量 HF_HUB_OFFLINE 禁止访问 Hub。要下载请取消设置它。</translation>
    </message>
    <message>
        <source>The run {path} has not saved a checkpoint yet. Wait for its first one, or choose another run.</source>
        <translation>训练 {path} 还没有保存检查点。请等第一个检查点，或选择另一次训练。</translation>
    </message>
    <message>
        <source>{path} is a pickle, which could run any program. Choose a model with safetensors or a GGUF file.</source>
        <translation>{path} 是 pickle，可能运行任意程序。请选择 safetensors 模型或 GGUF 文件。</translation>
    </message>
    <message>
        <source>Weights in 8 bits are for processors. Choose the device cpu, or bfloat16 on {device}.</source>
        <translation>8 位权重只能在处理器上使用。请选择设备 cpu，或在 {device} 上使用 bfloat16。</translation>
    </message>
    <message>
        <source>{address} is not a server's address. Write it as http://localhost:8080/v1.</source>
        <translation>{address} 不是服务器地址。请写成 http://localhost:8080/v1 的形式。</translation>
    </message>
    <message>
        <source>The address of {host} has a name or password in it. Leave them out, and keep a key with `llm-explorer server set-key`.</source>
        <translation>{host} 的地址里含有用户名或密码。请去掉它们，并用 `llm-explorer server set-key` 保存密钥。</translation>
    </message>
    <message>
        <source>This is not a key: it is empty, or has characters that no key has. Copy it again.</source>
        <translation>这不是密钥：它是空的，或含有密钥中不会出现的字符。请重新复制。</translation>
    </message>
    <message>
        <source>The environment variable {name} is not set. Put the key into it.</source>
        <translation>环境变量 {name} 没有设置。请把密钥放进去。</translation>
    </message>
    <message>
        <source>This system has no keyring that runs. Give the key in an environment variable and name it with --api-key-env, or let --ask-key ask for it each time.</source>
        <translation>本系统没有可用的密钥环。请把密钥放进环境变量并用 --api-key-env 指明，或用 --ask-key 每次询问。</translation>
    </message>
    <message>
        <source>Keys are kept in the system's keyring, for which the package keyring is missing. Run `pip install 'llm-explorer[keyring]'`, or give the key in an environment variable.</source>
        <translation>密钥保存在系统的密钥环中，但缺少 keyring 包。请运行 `pip install 'llm-explorer[keyring]'`，或用环境变量给出密钥。</translation>
    </message>
    <message>
        <source>The system's keyring refuses ({reason}). Unlock it, or give the key in an environment variable.</source>
        <translation>系统的密钥环拒绝了（{reason}）。请解锁，或用环境变量给出密钥。</translation>
    </message>
    <message>
        <source>There is no server called {name}. Known are: {names}.</source>
        <translation>没有名为 {name} 的服务器。已知的有：{names}。</translation>
    </message>
    <message>
        <source>There is no server called {name}: none is known yet. Add one: llm-explorer server add NAME URL.</source>
        <translation>没有名为 {name} 的服务器：还没有登记任何服务器。请添加一个：llm-explorer server add NAME URL。</translation>
    </message>
    <message>
        <source>{name} cannot be a server's name. Use letters, digits, dots and dashes.</source>
        <translation>{name} 不能用作服务器名。请使用字母、数字、点和短横线。</translation>
    </message>
    <message>
        <source>The list of servers {path} cannot be read ({reason}). Mend it or delete it.</source>
        <translation>服务器列表 {path} 无法读取（{reason}）。请修正或删除它。</translation>
    </message>
    <message>
        <source>{server} answers with {status} ({reason}), which we cannot use. Check its address.</source>
        <translation>{server} 的回答是 {status}({reason})，无法使用。请检查地址。</translation>
    </message>
    <message>
        <source>There is no OpenAI-compatible server at {server}. Check the address, which mostly ends in /v1.</source>
        <translation>{server} 处没有兼容 OpenAI 的服务器。请检查地址，它多以 /v1 结尾。</translation>
    </message>
    <message>
        <source>{server} has had enough requests for now ({reason}). Try again later.</source>
        <translation>{server} 暂时不再接受请求（{reason}）。请稍后再试。</translation>
    </message>
    <message>
        <source>{server} took the request and broke off before it answered. Check that it is an OpenAI-compatible server, look at its log, and try again.</source>
        <translation>{server} 收到请求后，还没回答就断开了。请确认它是兼容 OpenAI 的服务器，查看它的日志，然后再试。</translation>
    </message>
    <message>
        <source>{server} has said nothing for {seconds} seconds. Look whether it is still working, and try again.</source>
        <translation>{server} 已经 {seconds} 秒没有回应。请看看它是否还在工作，然后再试。</translation>
    </message>
    <message>
        <source>{server} broke off in the middle of the answer; what had come is kept. Try again.</source>
        <translation>{server} 在回答中途断开了；已收到的内容保留着。请再试一次。</translation>
    </message>
    <message>
        <source>{server} does not keep to the OpenAI protocol ({reason}). Check that the address is right and the server is up to date.</source>
        <translation>{server} 没有遵守 OpenAI 协议（{reason}）。请检查地址是否正确、服务器是否为新版本。</translation>
    </message>
    <message>
        <source>{server} answers with {kind} instead of a model's words. Check the address, which mostly ends in /v1.</source>
        <translation>{server} 的回答是 {kind}，而不是模型的文字。请检查地址，它多以 /v1 结尾。</translation>
    </message>
    <message>
        <source>{server} gave up in the middle of the answer ({reason}); what had come is kept.</source>
        <translation>{server} 在回答中途放弃了（{reason}）；已收到的内容保留着。</translation>
    </message>
    <message>
        <source>{server} does not accept the key, or it does not allow this ({reason}). Set the right one with `llm-explorer server set-key`.</source>
        <translation>{server} 不接受这个密钥，或不允许这样做（{reason}）。请用 `llm-explorer server set-key` 设置正确的密钥。</translation>
    </message>
    <message>
        <source>The text is too long for the model at {server} ({reason}). Shorten it.</source>
        <translation>文字对 {server} 上的模型来说太长了（{reason}）。请缩短它。</translation>
    </message>
    <message>
        <source>{server} does not accept the request ({reason}). Change the model or the settings that it names.</source>
        <translation>{server} 不接受这个请求（{reason}）。请更换它所指的模型或设置。</translation>
    </message>
    <message>
        <source>{server} sends us on to {location}. If you trust that address, give it instead.</source>
        <translation>{server} 要求转到 {location}。如果信任那个地址，请直接填写它。</translation>
    </message>
    <message>
        <source>{server} is not ready ({reason}): it may still be loading its model. Try again in a minute.</source>
        <translation>{server} 还没准备好（{reason}）：也许仍在载入模型。请过一分钟再试。</translation>
    </message>
    <message>
        <source>{server} has a problem of its own ({status}: {reason}). Look at its log, or try again later.</source>
        <translation>{server} 自身出了问题（{status}:{reason}）。请查看它的日志，或稍后再试。</translation>
    </message>
    <message>
        <source>{server} has no model {model} ({reason}). `llm-explorer server models` lists what it has; if it lists nothing, check the address, which mostly ends in /v1.</source>
        <translation>{server} 没有模型 {model}({reason})。`llm-explorer server models` 会列出它有的模型；若什么也没列出，请检查地址，它多以 /v1 结尾。</translation>
    </message>
    <message>
        <source>{server} has had enough requests for now ({reason}). Try again in {seconds} seconds.</source>
        <translation>{server} 暂时不再接受请求（{reason}）。请在 {seconds} 秒后再试。</translation>
    </message>
    <message>
        <source>{server} did not answer within {seconds} seconds. Check the address, and that no firewall is in between.</source>
        <translation>{server} 在 {seconds} 秒内没有应答。请检查地址，以及中间是否有防火墙。</translation>
    </message>
    <message>
        <source>The proxy on the way to {server} refuses ({reason}). Check the proxy settings of this system.</source>
        <translation>通往 {server} 的代理拒绝了（{reason}）。请检查本系统的代理设置。</translation>
    </message>
    <message>
        <source>Nothing answers at {server} ({reason}). Start the server there, or check the address.</source>
        <translation>{server} 没有应答（{reason}）。请在那里启动服务器，或检查地址。</translation>
    </message>
    <message>
        <source>{server} wants a key. Keep one for it with `llm-explorer server set-key`, or name the environment variable that holds it.</source>
        <translation>{server} 需要密钥。请用 `llm-explorer server set-key` 保存一个，或指明存放它的环境变量。</translation>
    </message>
    <message>
        <source>The certificate of {server} is not trusted ({reason}). If it is your own, add it to this system's certificates.</source>
        <translation>{server} 的证书不受信任（{reason}）。如果是你自己的证书，请把它加入本系统的证书。</translation>
    </message>
    <message>
        <source>No secure connection to {server} ({reason}). If it has no TLS, write http:// instead of https://.</source>
        <translation>无法与 {server} 建立安全连接（{reason}）。如果它不使用 TLS，请把 https:// 写成 http://。</translation>
    </message>
    <message>
        <source>There is no machine called {host} to be found. Check the address and the network.</source>
        <translation>找不到名为 {host} 的机器。请检查地址和网络。</translation>
    </message>
    <message>
        <source>A prompt of {tokens} tokens leaves no room for an answer: the model's context is {context}. Choose shorter problems.</source>
        <translation>提示有 {tokens} 个词元，没有留下回答的空间：该模型的上下文长度为 {context}。请选择更短的题目。</translation>
    </message>
    <message>
        <source>Attempts need at least one token and a temperature of 0 or more.</source>
        <translation>每次尝试至少需要一个词元，温度须为 0 或更高。</translation>
    </message>
    <message>
        <source>The run {name} is being trained already, by process {pid}. Stop that one first.</source>
        <translation>训练 {name} 已经在由进程 {pid} 进行。请先停止它。</translation>
    </message>
    <message>
        <source>{path} holds no run that can be read. Choose another folder.</source>
        <translation>{path} 里没有可读的训练。请换一个文件夹。</translation>
    </message>
    <message>
        <source>There is no sampler {name}. The samplers are {known}.</source>
        <translation>没有采样器 {name}。可用的有 {known}。</translation>
    </message>
    <message>
        <source>A sampler stands twice in the chain. Name each one once.</source>
        <translation>链中有采样器重复。每个只能写一次。</translation>
    </message>
    <message>
        <source>The model's answer is not a number: its weights are damaged, or its training went astray. Choose another checkpoint.</source>
        <translation>模型的输出不是数：权重已损坏，或训练走偏了。请换一个检查点。</translation>
    </message>
    <message>
        <source>The repeat penalty is {value}. Give a number above 0; 1 is off.</source>
        <translation>重复惩罚是 {value}。请给一个大于 0 的数；1 表示关闭。</translation>
    </message>
    <message>
        <source>The frequency penalty is {value}. Give a number such as 0.5; 0 is off.</source>
        <translation>频率惩罚是 {value}。请给像 0.5 这样的数；0 表示关闭。</translation>
    </message>
    <message>
        <source>The presence penalty is {value}. Give a number such as 0.5; 0 is off.</source>
        <translation>存在惩罚是 {value}。请给像 0.5 这样的数；0 表示关闭。</translation>
    </message>
    <message>
        <source>There is no token {token}: the vocabulary ends at {last}. Choose another id to bias.</source>
        <translation>没有词元 {token}：词表到 {last} 为止。请换一个编号。</translation>
    </message>
    <message>
        <source>The temperature is {value}. Give 0 (always the most likely token) or more; 1 is neutral.</source>
        <translation>温度是 {value}。请给 0(总取最可能的词元)或更大；1 为中性。</translation>
    </message>
    <message>
        <source>Top-k is {value}. Give a number of tokens to keep; 0 is off.</source>
        <translation>Top-k 是 {value}。请给出要保留的词元数；0 表示关闭。</translation>
    </message>
    <message>
        <source>Top-p is {value}. Give a probability from 0 to 1; 1 is off.</source>
        <translation>Top-p 是 {value}。请给 0 到 1 的概率；1 表示关闭。</translation>
    </message>
    <message>
        <source>Min-p is {value}. Give a share from 0 to 1; 0 is off.</source>
        <translation>Min-p 是 {value}。请给 0 到 1 的比例；0 表示关闭。</translation>
    </message>
    <message>
        <source>Typical-p is {value}. Give a probability above 0, up to 1; 1 is off.</source>
        <translation>Typical-p 是 {value}。请给大于 0、不超过 1 的概率；1 表示关闭。</translation>
    </message>
    <message>
        <source>The bias {bias} of token {token} cannot be used. Give a token id and a number from -100 to 100.</source>
        <translation>词元 {token} 的偏置 {bias} 不能用。请给词元编号和 -100 到 100 的数。</translation>
    </message>
    <message>
        <source>A tokenizer needs a name. Write one.</source>
        <translation>分词器需要名称。请输入一个。</translation>
    </message>
    <message>
        <source>A name may have {most} characters at most. Write a shorter one.</source>
        <translation>名称最多 {most} 个字符。请写短一些。</translation>
    </message>
    <message>
        <source>A folder cannot be called {name}. Use letters, digits and blanks.</source>
        <translation>文件夹不能叫 {name}。请使用字母、数字和空格。</translation>
    </message>
    <message>
        <source>There is a tokenizer {name} already. Choose another name.</source>
        <translation>已有名为 {name} 的分词器。请换一个名称。</translation>
    </message>
    <message>
        <source>There is no token at position {position}: the stream's positions go from 0 to {last}.</source>
        <translation>位置 {position} 没有词元：词元流的位置从 0 到 {last}。</translation>
    </message>
    <message>
        <source>The run {path} has no checkpoint yet. Train it first.</source>
        <translation>训练 {path} 还没有检查点。请先训练。</translation>
    </message>
    <message>
        <source>{path} could not be written ({reason}). Choose another folder.</source>
        <translation>{path} 无法写入（{reason}）。请换一个文件夹。</translation>
    </message>
    <message>
        <source>The disk is full: {path} could not be written. Make room and go on.</source>
        <translation>磁盘已满：{path} 无法写入。请腾出空间再继续。</translation>
    </message>
    <message>
        <source>{path} must not be written to. Choose another folder or change its permissions.</source>
        <translation>{path} 不允许写入。请换一个文件夹或更改权限。</translation>
    </message>
    <message>
        <source>A window of {length} tokens cannot be used. Give a number from 2 to {context}, the context.</source>
        <translation>不能使用 {length} 个词元的窗口。请给出 2 到 {context}(上下文长度)之间的数。</translation>
    </message>
    <message>
        <source>A stride of {stride} tokens cannot be used. Give a number from 1 to {last}.</source>
        <translation>不能使用 {stride} 个词元的步幅。请给出 1 到 {last} 之间的数。</translation>
    </message>
    <message>
        <source>There is nothing to score: the first token stands after nothing. Give two tokens or more.</source>
        <translation>没有可评分的内容：第一个词元之前什么都没有。请给出两个或更多词元。</translation>
    </message>
    <message>
        <source>{top} alternatives cannot be shown. Give a number from 0 on.</source>
        <translation>无法显示 {top} 个备选。请给出不小于 0 的数。</translation>
    </message>
    <message>
        <source>There is no tokenizer in {path}. Choose a folder with a tokenizer.json, or the file itself.</source>
        <translation>{path} 中没有分词器。请选择含有 tokenizer.json 的文件夹，或直接选择文件。</translation>
    </message>
    <message>
        <source>{path} has no tokenizer in it. Choose another file.</source>
        <translation>{path} 中没有分词器。请选择其他文件。</translation>
    </message>
    <message>
        <source>There is no encoding {name}. Choose one of {known}, a tokenizer.json, a .gguf or .tiktoken file, or the folder of a model or a run.</source>
        <translation>没有名为 {name} 的编码。请选择 {known} 之一、tokenizer.json、.gguf 或 .tiktoken 文件，或者模型或训练的文件夹。</translation>
    </message>
    <message>
        <source>{path} is no tokenizer. Choose a tokenizer.json, a .gguf or a .tiktoken file, or the folder of a model.</source>
        <translation>{path} 不是分词器。请选择 tokenizer.json、.gguf 或 .tiktoken 文件，或模型的文件夹。</translation>
    </message>
    <message>
        <source>There is no folder {folder}. Choose another one.</source>
        <translation>没有文件夹 {folder}。请选择另一个。</translation>
    </message>
    <message>
        <source>The folder {folder} has no .txt, .md or .pdf files. Choose another one.</source>
        <translation>文件夹 {folder} 中没有 .txt、.md 或 .pdf 文件。请选择另一个。</translation>
    </message>
    <message>
        <source>The folder {folder} has more than {limit} documents. Choose a smaller one.</source>
        <translation>文件夹 {folder} 中的文档超过 {limit} 个。请选择更小的文件夹。</translation>
    </message>
    <message>
        <source>The documents in {folder} have more than {limit} million characters. Choose a smaller folder.</source>
        <translation>{folder} 中的文档超过 {limit} 百万个字符。请选择更小的文件夹。</translation>
    </message>
    <message>
        <source>A model that goes on learning keeps its vocabulary. Leave --tokenizer and --vocab-size out.</source>
        <translation>继续学习的模型保留自己的词表。请去掉 --tokenizer 和 --vocab-size。</translation>
    </message>
    <message>
        <source>The model that it begins from has room for {room} tokens. Choose no longer context.</source>
        <translation>作为起点的模型只容得下 {room} 个词元。请不要选更长的上下文。</translation>
    </message>
    <message>
        <source>{machine} does not see the run's folder {path}. Put it where all machines find it.</source>
        <translation>{machine} 看不到运行的文件夹 {path}。请把它放在所有机器都能找到的地方。</translation>
    </message>
    <message>
        <source>The processes of this run do not find each other ({reason}). Start all of them by torchrun.</source>
        <translation>本次运行的各进程互相找不到（{reason}）。请都用 torchrun 启动。</translation>
    </message>
    <message>
        <source>A batch of {batch} rows cannot be shared out evenly among {processes} processes. Choose a --batch that {processes} divides, or another number of processes.</source>
        <translation>{batch} 行的批次无法平均分给 {processes} 个进程。请选择能被 {processes} 整除的 --batch，或改变进程数。</translation>
    </message>
    <message>
        <source>The loss was no number any more at step {step}, so the run was stopped, before its first checkpoint. Go on: it begins again at half the learning rate. Or choose another seed.</source>
        <translation>第 {step} 步时损失已不是数，因此运行已停止，此前还没有检查点。请继续：它会以一半的学习率重新开始。或者换一个种子。</translation>
    </message>
    <message>
        <source>The loss was no number any more at step {step}, so the run was stopped; its checkpoint of step {good} is good. Go on: it learns from there at half the learning rate. Or start again with another seed.</source>
        <translation>第 {step} 步时损失已不是数，因此运行已停止；第 {good} 步的检查点完好。请继续：它会从那里以一半的学习率学下去。或者换一个种子重新开始。</translation>
    </message>
    <message>
        <source>Another process of this run ended while step {step} was done, so the run was stopped; the checkpoint of step {good} is kept. Start it again with --resume.</source>
        <translation>进行第 {step} 步时，本次运行的另一个进程结束了，因此运行已停止；第 {good} 步的检查点已保留。请用 --resume 重新启动。</translation>
    </message>
    <message>
        <source>The stage {stage} begins from a model. Choose a run or a checkpoint by --from.</source>
        <translation>阶段 {stage} 从一个模型开始。请用 --from 选择一次运行或一个检查点。</translation>
    </message>
    <message>
        <source>The text is empty. Choose one with something to learn from.</source>
        <translation>文本是空的。请选择有内容可学的文本。</translation>
    </message>
    <message>
        <source>{name} cannot be {value}. Choose a number from {lowest} to {highest}.</source>
        <translation>{name} 不能是 {value}。请选择 {lowest} 到 {highest} 之间的数。</translation>
    </message>
    <message>
        <source>The stage {stage} has no setting {name}. Choose one of: {known}.</source>
        <translation>阶段 {stage} 没有名为 {name} 的设置。请从这些中选择：{known}。</translation>
    </message>
    <message>
        <source>A setting of the stage {stage} has a value that it cannot have ({reason}). Write it again.</source>
        <translation>阶段 {stage} 的一项设置取了不允许的值（{reason}）。请重新填写。</translation>
    </message>
    <message>
        <source>There is no preset {name}. Choose one of: {known}.</source>
        <translation>没有预设 {name}。请从中选择：{known}。</translation>
    </message>
    <message>
        <source>A run needs at least one step. Choose a larger number.</source>
        <translation>训练至少需要一步。请选择更大的数。</translation>
    </message>
    <message>
        <source>{name} has no chat template: it goes on with texts. Use --prompt.</source>
        <translation>{name} 没有对话模板：它只续写文本。请用 --prompt。</translation>
    </message>
    <message>
        <source>{folder} holds a run already. Go on with it by --resume, or choose another folder.</source>
        <translation>{folder} 里已经有一次训练。用 --resume 继续，或换一个文件夹。</translation>
    </message>
    <message>
        <source>{folder} is there already. Choose a new folder.</source>
        <translation>{folder} 已经存在。请选择新文件夹。</translation>
    </message>
    <message>
        <source>{folder} is where you are now. Choose a new folder inside it.</source>
        <translation>{folder} 就是当前所在的文件夹。请在其中选择一个新文件夹。</translation>
    </message>
    <message>
        <source>{path} is not what this run was begun with, so the run cannot go on. Start a new one.</source>
        <translation>{path} 与这次训练开始时的不同，无法继续。请开始新的训练。</translation>
    </message>
    <message>
        <source>All {steps} steps of this run are done. Give a larger number of steps to go on.</source>
        <translation>这次训练的 {steps} 步都已完成。要继续请给更大的步数。</translation>
    </message>
    <message>
        <source>The run's folder {path} is gone or damaged, so nothing more can be saved. Start a new run.</source>
        <translation>训练的文件夹 {path} 不见了或已损坏，无法再保存。请开始新的训练。</translation>
    </message>
    <message>
        <source>The text {name} is not open. Open it first.</source>
        <translation>文本 {name} 没有打开。请先打开。</translation>
    </message>
    <message>
        <source>The kept text {path} could not be read ({reason}).</source>
        <translation>保存的文本 {path} 无法读取（{reason}）。</translation>
    </message>
    <message>
        <source>This text is open in another window, which keeps it. What you change here is not kept.</source>
        <translation>这段文本已在另一个窗口打开并由它保存。你在这里的改动不会保存。</translation>
    </message>
    <message>
        <source>The kept text {path} could not be read ({reason}). What you write now is not kept.</source>
        <translation>保存的文本 {path} 无法读取（{reason}）。你现在写的不会保存。</translation>
    </message>
    <message>
        <source>The kept text was damaged and is set aside as {path}. The page begins empty.</source>
        <translation>保存的文本已损坏，另存为 {path}。页面从空白开始。</translation>
    </message>
    <message>
        <source>There is no run {run} any more. Look at the list again.</source>
        <translation>训练 {run} 已不存在。请再看看列表。</translation>
    </message>
    <message>
        <source>There is another run {name} in {folder} already. Move one of the two elsewhere first.</source>
        <translation>{folder} 里已经有另一个训练 {name}。请先把其中一个移到别处。</translation>
    </message>
    <message>
        <source>A run needs a name. Type at least one letter.</source>
        <translation>训练需要一个名字。请至少输入一个字。</translation>
    </message>
    <message>
        <source>The run {name} is being trained. Stop it before you delete it.</source>
        <translation>训练 {name} 正在进行。删除之前请先停止它。</translation>
    </message>
    <message>
        <source>No model is loaded. Choose a model first.</source>
        <translation>没有载入模型。请先选择模型。</translation>
    </message>
    <message>
        <source>A vocabulary needs at least {smallest} entries. Choose a larger one.</source>
        <translation>词表至少需要 {smallest} 个条目。请选择更大的。</translation>
    </message>
    <message>
        <source>A message says {token}, which this model's template could not tell from the token of that name. Write it another way.</source>
        <translation>消息里有 {token}，这个模型的模板无法把它与同名词元区分。请换一种写法。</translation>
    </message>
    <message>
        <source>There is no encoding {name}. Choose one of {known}, or the folder of a run or a checkpoint.</source>
        <translation>没有编码 {name}。请从 {known} 中选择，或选择训练或检查点的文件夹。</translation>
    </message>
    <message>
        <source>The file {path} of the encoding {name} is missing or damaged. Install LLM Explorer again.</source>
        <translation>编码 {name} 的文件 {path} 缺失或损坏。请重新安装 LLM Explorer。</translation>
    </message>
    <message>
        <source>{path} is not encoded in UTF-8. Save it as UTF-8 and try again.</source>
        <translation>{path} 不是 UTF-8 编码。请存为 UTF-8 再试。</translation>
    </message>
    <message>
        <source>{path} is a folder. Choose a text file.</source>
        <translation>{path} 是文件夹。请选择文本文件。</translation>
    </message>
    <message>
        <source>There is no file {path}. Choose another one.</source>
        <translation>没有文件 {path}。请换一个。</translation>
    </message>
    <message>
        <source>{path} is not a file that can be read. Choose a text file.</source>
        <translation>{path} 不是可读的文件。请选择文本文件。</translation>
    </message>
    <message>
        <source>{path} could not be read ({reason}). Choose another file.</source>
        <translation>{path} 无法读取（{reason}）。请换一个文件。</translation>
    </message>
    <message>
        <source>{text} is no size that a corpus can have. Give a number of characters from 100k on, such as 5M.</source>
        <translation>{text} 不是语料库可用的大小。请给出不少于 100k 的字符数，例如 5M。</translation>
    </message>
    <message>
        <source>There is no tokenizer in {path}. Choose bpe, characters, or the folder of a tokenizer.</source>
        <translation>{path} 中没有分词器。请选择 bpe、characters 或某个分词器的文件夹。</translation>
    </message>
    <message>
        <source>The tokenizer in {path} has its size already. Leave the size of the vocabulary out.</source>
        <translation>{path} 中的分词器大小已定。请不要再给词表大小。</translation>
    </message>
    <message>
        <source>There is no file {path}. Choose one of preferences.</source>
        <translation>没有文件 {path}。请选择一个偏好文件。</translation>
    </message>
    <message>
        <source>There are only {kept} pairs of which one was preferred ({skipped} could not be used), and {least} are needed. Collect more, or choose another rule.</source>
        <translation>分出优劣的回答对只有 {kept} 个（{skipped} 个无法使用），至少需要 {least} 个。请再收集一些，或换一条规则。</translation>
    </message>
    <message>
        <source>There are no problems of the kind {kinds}. Choose among {known}, or mixed.</source>
        <translation>没有 {kinds} 这类题目。请从 {known} 中选择，或选 mixed。</translation>
    </message>
    <message>
        <source>There are no word problems of {lengths} steps. Choose among {known}.</source>
        <translation>没有 {lengths} 步的应用题。请从 {known} 中选择。</translation>
    </message>
    <message>
        <source>There is no file {path}. Choose a Python file with verify(problem, text).</source>
        <translation>没有文件 {path}。请选择一个含有 verify(problem, text) 的 Python 文件。</translation>
    </message>
    <message>
        <source>{path} cannot be used as a verifier ({reason}). It needs a function verify(problem, text).</source>
        <translation>{path} 不能用作验证器（{reason}）。它需要一个函数 verify(problem, text)。</translation>
    </message>
    <message>
        <source>The stage rlhf needs a judge. Choose a run of the stage reward by reward_model.</source>
        <translation>rlhf 阶段需要一个评判者。请用 reward_model 选择一个 reward 阶段的运行。</translation>
    </message>
    <message>
        <source>The reward model {judge} has another vocabulary than {name}. Train one from the same model.</source>
        <translation>奖励模型 {judge} 的词表与 {name} 不同。请从同一个模型训练奖励模型。</translation>
    </message>
    <message>
        <source>Answers of {tokens} tokens do not fit into the model's context of {context}. Choose a smaller max_tokens.</source>
        <translation>{tokens} 个词元的回答放不进该模型长度为 {context} 的上下文。请选择更小的 max_tokens。</translation>
    </message>
    <message>
        <source>The stage {stage} draws its own questions and answers, so {name} means nothing to it. Leave it out, or choose by --set.</source>
        <translation>阶段 {stage} 自己抽取问题和回答，{name} 对它没有意义。请去掉它，或用 --set 来选择。</translation>
    </message>
    <message>
        <source>{name} has not learned to chat, so it cannot be asked. Choose a model after the stage sft.</source>
        <translation>{name} 还没有学过对话，无法向它提问。请选择经过 sft 阶段的模型。</translation>
    </message>
    <message>
        <source>{path} is no reward model. Choose a run of the stage reward.</source>
        <translation>{path} 不是奖励模型。请选择 reward 阶段的运行。</translation>
    </message>
    <message>
        <source>There is no rule {name} to prefer answers by. Choose one of: {known}.</source>
        <translation>没有名为 {name} 的偏好规则。请选择其中之一：{known}。</translation>
    </message>
    <message>
        <source>There is no stage {name}. Choose one of: {known}.</source>
        <translation>没有名为 {name} 的阶段。请从这些中选择：{known}。</translation>
    </message>
    <message>
        <source>The stage {stage} runs in one process. Start it without torchrun.</source>
        <translation>阶段 {stage} 只在一个进程中运行。请不用 torchrun 启动它。</translation>
    </message>
    <message>
        <source>Choose between 1 and {most} attempts.</source>
        <translation>请选择 1 到 {most} 次尝试。</translation>
    </message>
    <message>
        <source>{name} has no chat template: it goes on with texts. Choose another model, or give it a text.</source>
        <translation>{name} 没有对话模板：它只会续写文本。请另选一个模型，或给它一段文本。</translation>
    </message>
    <message>
        <source>This model has no special token {name}. Write it as a text.</source>
        <translation>这个模型没有特殊词元 {name}。请把它写成普通文本。</translation>
    </message>
    <message>
        <source>This conversation has {length} characters; {most} can be shown here. Shorten it, or look at it as a text.</source>
        <translation>这段对话有 {length} 个字符，这里最多显示 {most} 个。请缩短，或以文本方式查看。</translation>
    </message>
    <message>
        <source>A part of this conversation was damaged. What came before it is shown; the file as it was is kept as {path}.</source>
        <translation>此对话有一部分已损坏。此处显示损坏之前的内容；原文件保存为 {path}。</translation>
    </message>
    <message>
        <source>Nothing is left of {repo}. Look at the list again.</source>
        <translation>{repo} 没有留下任何内容。请再看看列表。</translation>
    </message>
    <message>
        <source>The right answer must be a number, but {answer} is none. Write digits, or leave it empty.</source>
        <translation>正确答案必须是一个数，但 {answer} 不是。请写数字，或留空。</translation>
    </message>
    <message>
        <source>{name} was not downloaded here. Only downloaded models can be deleted.</source>
        <translation>{name} 不是在这里下载的。只能删除下载的模型。</translation>
    </message>
    <message>
        <source>There is no {path}. Choose a folder or a GGUF file.</source>
        <translation>没有 {path}。请选择文件夹或 GGUF 文件。</translation>
    </message>
    <message>
        <source>{path} is no model that can be opened. Choose a folder with safetensors, or a GGUF file.</source>
        <translation>{path} 不是可打开的模型。请选择含 safetensors 的文件夹，或 GGUF 文件。</translation>
    </message>
    <message>
        <source>There is no model in {path}. Choose a folder with a config.json, or a GGUF file.</source>
        <translation>{path} 里没有模型。请选择含有 config.json 的文件夹，或 GGUF 文件。</translation>
    </message>
    <message>
        <source>There are problems of 1 to 5 steps. Choose one of those.</source>
        <translation>题目有 1 到 5 步。请从中选择。</translation>
    </message>
    <message>
        <source>There is nothing to answer. Write a message first.</source>
        <translation>没有可回答的内容。请先写一条消息。</translation>
    </message>
    <message>
        <source>There is no text in it. Choose another one.</source>
        <translation>其中没有文字。请选择另一个。</translation>
    </message>
    <message>
        <source>Choose a folder of documents to search in.</source>
        <translation>请选择一个要搜索的文档文件夹。</translation>
    </message>
    <message>
        <source>{path} has {size} MB, and at most {limit} MB can be shown. Choose a smaller file.</source>
        <translation>{path} 有 {size} MB，最多只能显示 {limit} MB。请选择更小的文件。</translation>
    </message>
    <message>
        <source>{path} is not a text but binary data. Choose a text file.</source>
        <translation>{path} 不是文本而是二进制数据。请选择文本文件。</translation>
    </message>
    <message>
        <source>{path} has more tokens than its model. Use another copy of the model.</source>
        <translation>{path} 的词元比它的模型多。请使用模型的另一份副本。</translation>
    </message>
    <message>
        <source>The encoding {name} has no token number {token}. Choose a number of its vocabulary.</source>
        <translation>编码 {name} 没有编号为 {token} 的词元。请选择词表内的编号。</translation>
    </message>
    <message>
        <source>This model has no tokenizer: give it token ids (--prompt-ids) instead of text.</source>
        <translation>这个模型没有分词器：请给它词元编号（--prompt-ids）而不是文本。</translation>
    </message>
    <message>
        <source>{path} is not a tokenizer that can be read. Use another copy of the model.</source>
        <translation>{path} 不是可读的分词器。请使用模型的另一份副本。</translation>
    </message>
    <message>
        <source>{path} has a tokenizer of the kind {kind}, which is not known here. Choose another model.</source>
        <translation>{path} 的分词器是 {kind} 类，这里不认识。请换一个模型。</translation>
    </message>
    <message>
        <source>{path} has a damaged tokenizer. Use another copy of the model.</source>
        <translation>{path} 的分词器已损坏。请使用模型的另一份副本。</translation>
    </message>
    <message>
        <source>{path} splits texts in a way called {name}, which is not known here. Choose another model.</source>
        <translation>{path} 用名为 {name} 的方式切分文本，这里不认识。请换一个模型。</translation>
    </message>
    <message>
        <source>{path} has {count} ranks and does not say how texts are split; no vocabulary of that size is known here. Choose the model's tokenizer.json.</source>
        <translation>{path} 有 {count} 个秩，但没有说明如何切分文本；这里不认识这种大小的词表。请选择该模型的 tokenizer.json。</translation>
    </message>
    <message>
        <source>{path} cannot be read as a PDF ({reason}). Choose another file.</source>
        <translation>无法将 {path} 作为 PDF 读取（{reason}）。请选择另一个文件。</translation>
    </message>
    <message>
        <source>{path} takes too long to read. Choose another file.</source>
        <translation>读取 {path} 用时过长。请选择另一个文件。</translation>
    </message>
    <message>
        <source>This text has {length} characters, and no conversation can hold more than {limit}. Choose a shorter one.</source>
        <translation>此文本有 {length} 个字符，而任何对话最多只能容纳 {limit} 个。请选择更短的文本。</translation>
    </message>
    <message>
        <source>{path} has no text, only pictures of pages. Choose a file whose text can be selected.</source>
        <translation>{path} 没有文字，只有页面的图像。请选择文字可以选中的文件。</translation>
    </message>
    <message>
        <source>{path} is protected. Save it without a password and try again.</source>
        <translation>{path} 受保护。请另存为无密码的文件后再试。</translation>
    </message>
    <message>
        <source>The vocabulary {name} cannot be given more tokens. Choose a model that was trained here.</source>
        <translation>词表 {name} 不能再添加词元。请选择在这里训练的模型。</translation>
    </message>
    <message>
        <source>The model's chat template is too large to be one. Choose another model.</source>
        <translation>模型的对话模板太大，不像是模板。请换一个模型。</translation>
    </message>
    <message>
        <source>This conversation has {length} characters, more than any model here can read. Shorten it.</source>
        <translation>这段对话有 {length} 个字符，超过了这里任何模型能读的长度。请缩短它。</translation>
    </message>
    <message>
        <source>The model's chat template refuses this conversation: {reason}</source>
        <translation>模型的对话模板拒绝这段对话：{reason}</translation>
    </message>
    <message>
        <source>The model's chat template cannot be used ({reason}). Choose another model.</source>
        <translation>模型的对话模板无法使用（{reason}）。请换一个模型。</translation>
    </message>
    <message>
        <source>The model's chat template did not end within {seconds} seconds, or took too much memory. Choose another model.</source>
        <translation>模型的对话模板在 {seconds} 秒内没有结束，或占用内存太多。请换一个模型。</translation>
    </message>
    <message>
        <source>{path} does not say how it splits texts, and its size is not known here. Get the model with its tokenizer.json.</source>
        <translation>{path} 没有说明怎样切分文本，这里也不认识它的大小。请取得带 tokenizer.json 的模型。</translation>
    </message>
    <message>
        <source>{path} is not a tokenizer of a kind that LLM Explorer can use. Choose a run trained here.</source>
        <translation>{path} 不是 LLM Explorer 能用的分词器。请选择在这里训练的记录。</translation>
    </message>
    <message>
        <source>The tokenizer file {path} is damaged. Choose another run or checkpoint.</source>
        <translation>分词器文件 {path} 已损坏。请选择另一次训练或检查点。</translation>
    </message>
    <message>
        <source>An expression may have {most} characters at most. Write a shorter one.</source>
        <translation>表达式最多 {most} 个字符。请写短一些。</translation>
    </message>
    <message>
        <source>{expression} is not a regular expression ({reason}). Mend it, or search by text.</source>
        <translation>{expression} 不是正则表达式（{reason}）。请改正，或按文本搜索。</translation>
    </message>
    <message>
        <source>{query} is not a number. Write an id, or its first digits.</source>
        <translation>{query} 不是数字。请输入 id 或它的前几位数字。</translation>
    </message>
    <message>
        <source>{query} is not bytes in hex. Write two digits (0-9, a-f) for each, as in E4 B8 AD.</source>
        <translation>{query} 不是十六进制字节。每个字节写两位（0-9、a-f），例如 E4 B8 AD。</translation>
    </message>
    <message>
        <source>The expression {expression} takes too long. Choose a simpler one.</source>
        <translation>表达式 {expression} 耗时太久。请换一个简单些的。</translation>
    </message>
    <message>
        <source>This conversation is damaged. Begin a new chat.</source>
        <translation>这个对话已损坏。请开始新对话。</translation>
    </message>
    <message>
        <source>It has called tools {calls} times in one answer. Ask something else, or let it go on.</source>
        <translation>它在一个回答里调用了 {calls} 次工具。请问别的问题，或让它继续。</translation>
    </message>
    <message>
        <source>The engine died. What had come is kept: go on from there.</source>
        <translation>引擎终止了。已下载的部分还在：可以从那里继续。</translation>
    </message>
    <message>
        <source>The engine died. Try again; it starts anew.</source>
        <translation>引擎终止了。请重试；它会重新启动。</translation>
    </message>
    <message>
        <source>This engine cannot do that.</source>
        <translation>这个引擎做不到。</translation>
    </message>
    <message>
        <source>The engine did not understand a message.</source>
        <translation>引擎没有看懂一条消息。</translation>
    </message>
    <message>
        <source>There is not enough memory for this. Choose something smaller and try again.</source>
        <translation>内存不够。请选择更小的再试。</translation>
    </message>
    <message>
        <source>The engine met an error of its own: {error}</source>
        <translation>引擎自身出错：{error}</translation>
    </message>
</context>
<context>
    <name>export</name>
    <message>
        <source>Save the picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Picture (*.png)</source>
        <translation>图片（*.png）</translation>
    </message>
    <message>
        <source>The picture could not be saved ({reason}). Choose another folder.</source>
        <translation>图片无法保存（{reason}）。请换一个文件夹。</translation>
    </message>
    <message>
        <source>Saved as {path}</source>
        <translation>已保存为 {path}</translation>
    </message>
    <message>
        <source>Save as a file</source>
        <translation>保存为文件</translation>
    </message>
    <message>
        <source>The file could not be saved ({reason}). Choose another folder.</source>
        <translation>文件无法保存（{reason}）。请选择其他文件夹。</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>today {time}</source>
        <translation>今天 {time}</translation>
    </message>
    <message>
        <source>yesterday {time}</source>
        <translation>昨天 {time}</translation>
    </message>
</context>
</TS>
