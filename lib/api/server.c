#include "api/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	BODY_LIMIT = 8 << 20,
	CONNECTIONS = 256,
	IDLE_TIME = 15,       /* seconds without a byte until a connection is given up */
	HEADER_LIMIT = 65536, /* bytes of a connection's memory: headers, and what is being read */
	TARGET_LIMIT = 8192,
};

struct hj_server {
	hj_server_options options;
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock; /* of the twin */
	atomic_ulong requests;
	const hj_allocator *allocator;
};

/* One request on its way in. */
typedef struct incoming {
	hj_request request;
	unsigned long number;
	bool too_big, no_memory, begun;
} incoming;

/* -- faults ------------------------------------------------------------------------------------------ */

static const hj_fault *fault_of(const hj_server *server, const incoming *in, hj_fault_kind kind)
{
	for (size_t i = 0; i < server->options.fault_count; i++) {
		const hj_fault *fault = &server->options.faults[i];
		if (fault->kind == kind && hj_fault_applies(fault, in->number, in->request.method))
			return fault;
	}
	return NULL;
}

static void delay(const hj_server *server, const incoming *in)
{
	const hj_fault *fault = fault_of(server, in, HJ_FAULT_DELAY);
	if (!fault)
		return;
	struct timespec left = {
		.tv_sec = fault->value / 1000, .tv_nsec = (long)(fault->value % 1000) * 1000000};
	while (nanosleep(&left, &left) && errno == EINTR)
		continue;
}

/* Somebody else adds a comment to the policy: another text, another ETag, the same access. */
static void edit_meanwhile(hj_server *server, const incoming *in)
{
	static const char request_line[] = "/api/v2/tailnet/-/acl";
	hj_request get;
	hj_response policy, done;
	hj_request_init(&get, server->allocator);
	hj_response_init(&policy, server->allocator);
	hj_response_init(&done, server->allocator);
	hj_text_str(&get.target, request_line);
	/* As whoever asks, who may read and write. */
	hj_slice shown = hj_headers_get(&in->request.headers, "Authorization");
	if (shown.size)
		hj_headers_add(&get.headers, HJ_SLICE("Authorization"), shown, true);
	if (!hj_twin_answer(server->options.twin, &get, &policy) && policy.status == 200) {
		get.method = HJ_POST;
		get.has_body = true;
		hj_text_printf(&get.body, "// edit %lu of somebody else\n", in->number);
		hj_text_append(&get.body, hj_text_slice(&policy.body));
		if (hj_twin_answer(server->options.twin, &get, &done))
			hj_response_free(&done);
	}
	hj_response_free(&policy);
	hj_response_free(&done);
	hj_request_free(&get);
}

static bool fake_answer(const hj_server *server, const incoming *in, hj_response *out)
{
	const hj_fault *status = fault_of(server, in, HJ_FAULT_STATUS);
	if (status) {
		char text[16];
		out->status = status->value;
		hj_headers_add(&out->headers, HJ_SLICE("Content-Type"),
			HJ_SLICE("application/json"), false);
		if (status->retry_after != UINT_MAX) {
			snprintf(text, sizeof text, "%u", status->retry_after);
			hj_headers_add(
				&out->headers, HJ_SLICE("Retry-After"), hj_slice_str(text), false);
		}
		hj_text_printf(&out->body, "{\"message\": \"%s\"}",
			status->value == 429 ? "too many requests" : "internal server error");
	} else if (fault_of(server, in, HJ_FAULT_HTML)) {
		out->status = 502;
		hj_headers_add(
			&out->headers, HJ_SLICE("Content-Type"), HJ_SLICE("text/html"), false);
		hj_text_str(&out->body, "<html><body><h1>502 Bad Gateway</h1></body></html>");
	} else {
		return false;
	}
	return true;
}

/* -- answers ----------------------------------------------------------------------------------------- */

/* Half of a body, with the length of all of it. */
typedef struct half {
	char *data;
	size_t size;
} half;

static ssize_t read_half(void *context, uint64_t at, char *out, size_t room)
{
	const half *this = context;
	if (at >= this->size)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	size_t size = this->size - (size_t)at;
	size = size < room ? size : room;
	memcpy(out, this->data + at, size);
	return (ssize_t)size;
}

static void free_half(void *context)
{
	half *this = context;
	free(this->data);
	free(this);
}

static struct MHD_Response *cut_response(const hj_response *answer)
{
	half *this = malloc(sizeof *this);
	if (!this)
		return NULL;
	this->size = answer->body.size / 2;
	this->data = malloc(this->size + 1);
	if (!this->data) {
		free(this);
		return NULL;
	}
	if (this->size)
		memcpy(this->data, answer->body.data, this->size);
	return MHD_create_response_from_callback(
		answer->body.size + 1, 4096, read_half, this, free_half);
}

static struct MHD_Response *response_of(
	const hj_server *server, const incoming *in, const hj_response *answer)
{
	struct MHD_Response *response = fault_of(server, in, HJ_FAULT_TRUNCATE)
		? cut_response(answer)
		: MHD_create_response_from_buffer(
			  answer->body.size, answer->body.data, MHD_RESPMEM_MUST_COPY);
	if (!response)
		return NULL;
	for (size_t i = 0; i < answer->headers.count; i++) {
		const hj_header *header = &answer->headers.items[i];
		if (fault_of(server, in, HJ_FAULT_NO_ETAG) && header->name.size == 4 &&
			memcmp(header->name.data, "ETag", 4) == 0)
			continue;
		hj_text name, value;
		hj_text_init(&name, server->allocator);
		hj_text_init(&value, server->allocator);
		hj_text_append(&name, header->name);
		hj_text_append(&value, header->value);
		if (hj_text_string(&name) && hj_text_string(&value))
			MHD_add_response_header(response, name.data, value.data);
		hj_text_free(&name);
		hj_text_free(&value);
	}
	return response;
}

static void tell(const hj_server *server, const incoming *in, unsigned status)
{
	if (!server->options.log)
		return;
	hj_text line;
	hj_text_init(&line, server->allocator);
	hj_text_printf(&line, "%s ", hj_method_name(in->request.method));
	hj_text_append(&line, hj_text_slice(&in->request.target));
	hj_text_printf(&line, " %u", status);
	if (!line.status)
		server->options.log(server->options.context, hj_text_slice(&line));
	hj_text_free(&line);
}

static enum MHD_Result queue(
	hj_server *server, incoming *in, struct MHD_Connection *connection, hj_response *answer)
{
	struct MHD_Response *response = response_of(server, in, answer);
	if (!response)
		return MHD_NO;
	enum MHD_Result result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_request(
	hj_server *server, incoming *in, struct MHD_Connection *connection)
{
	hj_response answer;
	hj_response_init(&answer, server->allocator);
	delay(server, in);
	if (fault_of(server, in, HJ_FAULT_CUT))
		return MHD_NO;
	hj_status status = HJ_OK;
	if (!fake_answer(server, in, &answer)) {
		pthread_mutex_lock(&server->lock);
		if (fault_of(server, in, HJ_FAULT_STALE))
			edit_meanwhile(server, in);
		status = hj_twin_answer(server->options.twin, &in->request, &answer);
		pthread_mutex_unlock(&server->lock);
	}
	tell(server, in, answer.status);
	enum MHD_Result result = MHD_NO;
	if (!status && !fault_of(server, in, HJ_FAULT_LOSE))
		result = queue(server, in, connection, &answer);
	hj_response_free(&answer);
	return result;
}

/* -- requests ---------------------------------------------------------------------------------------- */

/* The first that is seen of a request: its target as it was sent, which later comes decoded. */
static void *begin_request(void *context, const char *target, struct MHD_Connection *connection)
{
	(void)connection;
	hj_server *server = context;
	incoming *in = malloc(sizeof *in);
	if (!in)
		return NULL;
	*in = (incoming){.number = atomic_fetch_add(&server->requests, 1) + 1};
	hj_request_init(&in->request, server->allocator);
	size_t size = strnlen(target, TARGET_LIMIT + 1);
	in->too_big = size > TARGET_LIMIT;
	hj_text_append(&in->request.target, (hj_slice){target, in->too_big ? 0 : size});
	return in;
}

static enum MHD_Result keep_header(
	void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	incoming *in = context;
	hj_slice text = hj_slice_str(value);
	in->no_memory |= hj_headers_add(&in->request.headers, hj_slice_str(name), text, true) ==
		HJ_NO_MEMORY;
	return MHD_YES;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status, const char *body)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		strlen(body), (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", "application/json");
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
	const char *path, const char *method, const char *version, const char *data, size_t *size,
	void **state)
{
	(void)path, (void)version;
	hj_server *server = context;
	incoming *in = *state;
	if (!in)
		return MHD_NO;
	if (!in->begun) {
		in->begun = true;
		if (in->too_big)
			return refuse(connection, 414, "{\"message\": \"address too long\"}");
		if (!hj_method_named(hj_slice_str(method), &in->request.method))
			return refuse(connection, 405, "{\"message\": \"method not allowed\"}");
		MHD_get_connection_values(connection, MHD_HEADER_KIND, keep_header, in);
		return MHD_YES;
	}
	if (*size) {
		size_t limit = server->options.body_limit;
		in->request.has_body = true;
		if (*size > limit - in->request.body.size)
			in->too_big = true;
		else
			hj_text_append(&in->request.body, (hj_slice){data, *size});
		*size = 0;
		return in->request.body.status || in->no_memory ? MHD_NO : MHD_YES;
	}
	if (in->too_big)
		return refuse(connection, 413, "{\"message\": \"request body is too large\"}");
	return answer_request(server, in, connection);
}

static void end_request(void *context, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode why)
{
	(void)context, (void)connection, (void)why;
	incoming *in = *state;
	if (!in)
		return;
	hj_request_free(&in->request);
	free(in);
	*state = NULL;
}

/* -- starting ---------------------------------------------------------------------------------------- */

typedef union place {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} place;

static bool read_place(const hj_server_options *options, place *out)
{
	*out = (place){.any = {0}};
	if (inet_pton(AF_INET, options->host, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(options->port);
		return true;
	}
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons(options->port);
	return inet_pton(AF_INET6, options->host, &out->v6.sin6_addr) == 1;
}

/* libmicrohttpd wants its words; ours are said by the caller. */
static void quiet(void *context, const char *format, va_list arguments)
{
	(void)context, (void)format, (void)arguments;
}

static bool delays(const hj_server_options *options)
{
	for (size_t i = 0; i < options->fault_count; i++)
		if (options->faults[i].kind == HJ_FAULT_DELAY)
			return true;
	return false;
}

static struct MHD_Daemon *start(hj_server *server, const place *at)
{
	const hj_server_options *options = &server->options;
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG;
	/* One thread serves all, unless an answer may sleep. */
	flags |= delays(options) ? MHD_USE_POLL | MHD_USE_THREAD_PER_CONNECTION : MHD_USE_EPOLL;
	flags |= options->certificate ? MHD_USE_TLS : 0;
	flags |= at->any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0;
	struct MHD_OptionItem pem[] = {
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->key},
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->certificate},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	return MHD_start_daemon(flags, options->port, NULL, NULL, on_request, server,
		MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_SOCK_ADDR, &at->any,
		MHD_OPTION_URI_LOG_CALLBACK, begin_request, server, MHD_OPTION_NOTIFY_COMPLETED,
		end_request, server, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIME,
		MHD_OPTION_CONNECTION_LIMIT, options->connections,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_LIMIT, MHD_OPTION_ARRAY,
		options->certificate ? pem : none, MHD_OPTION_END);
}

hj_status hj_server_start(
	const hj_server_options *options, const hj_allocator *allocator, hj_server **out)
{
	place at;
	if (!read_place(options, &at))
		return HJ_INVALID;
	hj_server *server = hj_alloc(allocator, sizeof *server);
	if (!server)
		return HJ_NO_MEMORY;
	*server = (hj_server){.options = *options, .allocator = allocator};
	if (!server->options.body_limit)
		server->options.body_limit = BODY_LIMIT;
	if (!server->options.connections)
		server->options.connections = CONNECTIONS;
	pthread_mutex_init(&server->lock, NULL);
	errno = 0;
	server->daemon = start(server, &at);
	if (server->daemon) {
		*out = server;
		return HJ_OK;
	}
	hj_status status = errno ? HJ_IO : HJ_INVALID;
	int error = errno;
	pthread_mutex_destroy(&server->lock);
	hj_free(allocator, server, sizeof *server);
	errno = error;
	return status;
}

unsigned short hj_server_port(const hj_server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
	return info ? (unsigned short)info->port : 0;
}

void hj_server_stop(hj_server *server)
{
	if (!server)
		return;
	MHD_stop_daemon(server->daemon);
	pthread_mutex_destroy(&server->lock);
	hj_free(server->allocator, server, sizeof *server);
}
