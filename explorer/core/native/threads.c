/* A few threads that share out one piece of work after another, each some microseconds long.
 *
 * A token takes some hundred such pieces. Between two of them the helpers look for the next one for a moment
 * before they sleep, so that waking them costs nothing while a token is on its way. Work lies in chunks that
 * whoever is free takes: a helper whose core is busy with something else holds nothing back.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

typedef void (*Work)(const void *what, int64_t first, int64_t last);

enum { LOOKS = 4000, NOTHING_LEFT = 1 << 30 };

static pthread_mutex_t asleep_lock = PTHREAD_MUTEX_INITIALIZER, one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static atomic_int pieces, asleep, inside, next_chunk = NOTHING_LEFT, chunks, chunks_done;
static int helpers, sharing;
static struct {
    Work work;
    const void *what;
    int64_t size, step;
} piece;

static inline void look_again(int times) {
    if (times > LOOKS) sched_yield();
#if defined(__x86_64__) || defined(__i386__)
    else __builtin_ia32_pause();
#endif
}

static void take_chunks(void) {
    for (int chunk; (chunk = atomic_fetch_add(&next_chunk, 1)) < atomic_load(&chunks);) {
        int64_t first = chunk * piece.step, last = first + piece.step;
        piece.work(piece.what, first, last < piece.size ? last : piece.size);
        atomic_fetch_add(&chunks_done, 1);
    }
}

static void *help(void *nothing) {
    for (int seen = 0;; seen = atomic_load(&pieces)) {
        /* Whoever is inside reads `piece`, which is not changed meanwhile. A late one finds nothing left. */
        atomic_fetch_add(&inside, 1);
        take_chunks();
        atomic_fetch_sub(&inside, 1);
        for (int looks = 0; atomic_load(&pieces) == seen && looks < LOOKS; looks++) look_again(0);
        if (atomic_load(&pieces) != seen) continue;
        pthread_mutex_lock(&asleep_lock);
        atomic_fetch_add(&asleep, 1);
        while (atomic_load(&pieces) == seen) pthread_cond_wait(&wake, &asleep_lock);
        atomic_fetch_sub(&asleep, 1);
        pthread_mutex_unlock(&asleep_lock);
    }
    return nothing;
}

/* Work with `count` threads from now on, the caller's among them. */
EXPORTED void use_threads(int64_t count) {
    pthread_mutex_lock(&one_at_a_time);
    pthread_t thread;
    while (helpers < count - 1 && pthread_create(&thread, NULL, help, NULL) == 0) {
        pthread_detach(thread);
        helpers++;
    }
    sharing = count > 1 && helpers > 0;
    pthread_mutex_unlock(&one_at_a_time);
}

/* Do `work` for 0 ... size - 1, `step` at a time. */
static void share(Work work, const void *what, int64_t size, int64_t step) {
    if (size <= step || pthread_mutex_trylock(&one_at_a_time) != 0) {
        work(what, 0, size);
        return;
    }
    if (!sharing) {
        pthread_mutex_unlock(&one_at_a_time);
        work(what, 0, size);
        return;
    }
    for (int times = 0; atomic_load(&inside); times++) look_again(times);
    piece.work = work, piece.what = what, piece.size = size, piece.step = step;
    atomic_store(&chunks, (int)((size + step - 1) / step));
    atomic_store(&chunks_done, 0);
    atomic_store(&next_chunk, 0);
    pthread_mutex_lock(&asleep_lock);
    atomic_fetch_add(&pieces, 1);
    if (atomic_load(&asleep)) pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&asleep_lock);
    take_chunks();
    for (int times = 0; atomic_load(&chunks_done) < atomic_load(&chunks); times++) look_again(times);
    atomic_store(&next_chunk, NOTHING_LEFT);
    pthread_mutex_unlock(&one_at_a_time);
}
