// Licensed under the Apache License, Version 2.0. See LICENSE.
//
// loadgen's echo over TLS: one message under way in each connection. A client on SslStream would be slower than the servers it is to load.
// Build: cc -O2 -Wall -o tlsload tlsload.c
// OpenSSL's library is looked for at run time, as .NET does it, and its few functions are declared here, so that no headers are wanted.
//
//   tlsload HOST PORT [-c C] [-m M] [-t T] [-w W] [-p PID] [-u CPU]      as loadgen's
#define main loadgen_main
#include "loadgen.c"
#undef main
#include <dlfcn.h>

enum { WANT_READ = 2 };

static void *(*TLS_client_method)(void);
static void *(*SSL_CTX_new)(void *method);
static void *(*SSL_new)(void *context);
static int (*SSL_set_fd)(void *ssl, int fd);
static int (*SSL_connect)(void *ssl);
static int (*SSL_read)(void *ssl, void *buffer, int length);
static int (*SSL_write)(void *ssl, const void *buffer, int length);
static int (*SSL_get_error)(void *ssl, int result);

typedef struct {
    int fd, received;
    void *ssl;
    u64 sent_at;
} talk;

static void find(void *library, const char *name, void *function) {
    *(void **)function = dlsym(library, name);
    if (!*(void **)function) {
        fprintf(stderr, "libssl has no %s\n", name);
        exit(2);
    }
}

static void load_library(void) {
    const char *names[] = {"libssl.so.3", "libssl.so.1.1", "libssl.so"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW);
    if (!library) {
        fprintf(stderr, "tlsload: there is no libssl.so.3 or .1.1; install OpenSSL, which .NET wants too\n");
        exit(2);
    }
    find(library, "TLS_client_method", &TLS_client_method);
    find(library, "SSL_CTX_new", &SSL_CTX_new);
    find(library, "SSL_new", &SSL_new);
    find(library, "SSL_set_fd", &SSL_set_fd);
    find(library, "SSL_connect", &SSL_connect);
    find(library, "SSL_read", &SSL_read);
    find(library, "SSL_write", &SSL_write);
    find(library, "SSL_get_error", &SSL_get_error);
}

static void say(talk *t) {
    t->received = 0;
    t->sent_at = now_ns();
    if (SSL_write(t->ssl, pat, M) != M) {
        n_err++;
        close(t->fd);
        t->fd = -1;
    }
}

static void tls_open(talk *t, void *context) {
    struct timeval patience = {.tv_sec = 10};
    int one = 1;
    t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    t->ssl = SSL_new(context);
    if (connect(t->fd, (struct sockaddr *)&dst, sizeof dst) < 0 || !SSL_set_fd(t->ssl, t->fd) || SSL_connect(t->ssl) != 1) die("TLS connect");
    fcntl(t->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = t};
    if (epoll_ctl(ep, EPOLL_CTL_ADD, t->fd, &e) < 0) die("epoll_ctl");
}

static void tls_readable(talk *t) {
    for (;;) {
        int r = SSL_read(t->ssl, rbuf + t->received, M - t->received);
        if (r <= 0) {
            if (SSL_get_error(t->ssl, r) == WANT_READ) return;
            n_err++;
            close(t->fd);
            t->fd = -1;
            return;
        }
        t->received += r;
        if (t->received < M) continue;
        if (memcmp(rbuf, pat, (size_t)M)) n_bad++;
        if (measuring) {
            hist_add(now_ns() - t->sent_at);
            n_req++;
        }
        say(t);
        if (t->fd < 0) return;
    }
}

static void tls_loop(double seconds) {
    struct epoll_event evs[256];
    u64 end = now_ns() + (u64)(seconds * 1e9);
    while (now_ns() < end) {
        int k = epoll_wait(ep, evs, 256, 20);
        for (int i = 0; i < k; i++) {
            talk *t = evs[i].data.ptr;
            if (t->fd >= 0) tls_readable(t);
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: tlsload HOST PORT [options]\n");
        return 2;
    }
    dst.sin_family = AF_INET;
    dst.sin_port = htons((uint16_t)atoi(argv[2]));
    if (inet_pton(AF_INET, argv[1], &dst.sin_addr) != 1 || (ntohl(dst.sin_addr.s_addr) >> 24) != 127) {
        fprintf(stderr, "loopback only\n");
        return 2;
    }
    int cpu = -1, o;
    M = 32;
    optind = 3;
    while ((o = getopt(argc, argv, "c:m:t:w:p:u:")) != -1) switch (o) {
        case 'c': C = atoi(optarg); break;
        case 'm': M = atoi(optarg); break;
        case 't': T = atof(optarg); break;
        case 'w': W = atof(optarg); break;
        case 'p': srv_pid = atoi(optarg); break;
        case 'u': cpu = atoi(optarg); break;
        default: return 2;
    }
    if (T > 60) T = 60;
    if (W > 30) W = 30;
    // One record, for which the socket always has room: no need to deal with half of a message.
    if (M < 1 || M > 4096) {
        fprintf(stderr, "-m from 1 to 4096\n");
        return 2;
    }
    if (cpu >= 0) {
        cpu_set_t s;
        CPU_ZERO(&s);
        CPU_SET(cpu, &s);
        if (sched_setaffinity(0, sizeof s, &s) < 0) die("affinity");
    }
    pat = malloc((size_t)M);
    for (int i = 0; i < M; i++) pat[i] = (unsigned char)(i % PER + 1);
    load_library();
    ep = epoll_create1(EPOLL_CLOEXEC);
    void *context = SSL_CTX_new(TLS_client_method());
    talk *talks = calloc((size_t)C, sizeof *talks);
    for (int i = 0; i < C; i++) tls_open(&talks[i], context);
    for (int i = 0; i < C; i++) say(&talks[i]);

    tls_loop(W);
    double c0 = srv_cpu(), s0 = self_cpu();
    u64 t0 = now_ns();
    hist_reset();
    rss_start = rss();
    measuring = 1;
    tls_loop(T);
    measuring = 0;
    win_s = (double)(now_ns() - t0) / 1e9;
    win_cpu_srv = srv_cpu() - c0;
    win_cpu_self = self_cpu() - s0;
    rss_end = rss();
    printf("{\"mode\":\"tls\",\"c\":%d,\"m\":%d,", C, M);
    echo_json();
    common_json();
    printf("}\n");
    return 0;
}
