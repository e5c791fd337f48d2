// Licensed under the Apache License, Version 2.0. See LICENSE.
//
// The yardstick: the least that an echo server on one thread can be. No component, no runtime; one epoll set, level-triggered, one
// registration a connection for its whole life. A short read is taken for all there was, as our own adapter takes it.
// Build: cc -O2 -Wall -o epoll-echo epoll-echo.c
// Prints "listening on 127.0.0.1:PORT" and serves until it is killed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 65536, BATCH = 256, READS_PER_TURN = 4 };

// What could not be sent yet; almost always nothing, and then there is no such record.
typedef struct {
    char *data;
    size_t length, sent;
} rest;

static int set;
static rest **rests;
static char buffer[BUFFER];

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void watch(int operation, int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(set, operation, fd, &event) < 0) die("epoll_ctl");
}

static void drop(int fd) {
    if (rests[fd]) {
        free(rests[fd]->data);
        free(rests[fd]);
        rests[fd] = NULL;
    }
    close(fd);
}

static void keep(int fd, const char *data, size_t length) {
    rest *r = rests[fd] = calloc(1, sizeof *r);
    r->data = malloc(length);
    r->length = length;
    memcpy(r->data, data, length);
    watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

static void readable(int fd) {
    for (int i = 0; i < READS_PER_TURN; i++) {
        ssize_t n = recv(fd, buffer, BUFFER, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) {
            drop(fd);
            return;
        }
        ssize_t w = send(fd, buffer, (size_t)n, MSG_NOSIGNAL);
        if (w < 0 && errno != EAGAIN) {
            drop(fd);
            return;
        }
        if (w < n) {
            keep(fd, buffer + (w < 0 ? 0 : w), (size_t)(n - (w < 0 ? 0 : w)));
            return;
        }
        if (n < BUFFER) return;
    }
}

static void writable(int fd) {
    rest *r = rests[fd];
    ssize_t w = send(fd, r->data + r->sent, r->length - r->sent, MSG_NOSIGNAL);
    if (w < 0 && errno != EAGAIN) {
        drop(fd);
        return;
    }
    r->sent += w < 0 ? 0 : (size_t)w;
    if (r->sent == r->length) {
        free(r->data);
        free(r);
        rests[fd] = NULL;
        watch(EPOLL_CTL_MOD, fd, EPOLLIN);
    }
}

static void accept_one(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(EPOLL_CTL_ADD, fd, EPOLLIN);
}

int main(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    rests = calloc(files.rlim_max, sizeof *rests);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 512) < 0) die("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length) < 0) die("getsockname");
    set = epoll_create1(EPOLL_CLOEXEC);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN);
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);

    struct epoll_event events[BATCH];
    for (;;) {
        int count = epoll_wait(set, events, BATCH, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) accept_one(fd);
            else if (rests[fd]) writable(fd);
            else readable(fd);
        }
    }
}
