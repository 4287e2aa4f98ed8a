#include "api/transport.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	CONNECT_TIME = 10000, /* milliseconds */
	STALL_TIME = 30,      /* seconds without a byte */
	BODY_LIMIT = 64 << 20,
};

typedef struct curl_transport {
	hj_transport transport;
	const hj_allocator *allocator;
	hj_transport_options options;
	char *origin, *user_agent, *ca_file; /* copies */
	CURL *handle;                        /* kept, with its connections */
	char error[CURL_ERROR_SIZE];
	/* Of the request at hand. */
	hj_response *response;
	size_t limit;
	bool too_big, no_memory, answered;
} curl_transport;

/* -- callbacks ------------------------------------------------------------------------------------- */

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	curl_transport *this = context;
	size_t more = size * count;
	/* Decoded bytes: a small body may unpack to a large one. */
	if (more > this->limit - this->response->body.size) {
		this->too_big = true;
		return 0;
	}
	hj_text_append(&this->response->body, (hj_slice){bytes, more});
	if (this->response->body.status) {
		this->no_memory = true;
		return 0;
	}
	return more;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Each line of each block of headers, those of 1xx answers and proxies among them. */
static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
	curl_transport *this = context;
	size_t all = size * count;
	hj_headers *headers = &this->response->headers;
	if (all >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
		hj_headers_free(headers);
		this->answered = true;
		return all;
	}
	const char *colon = memchr(bytes, ':', all);
	if (!colon)
		return all;
	const char *begin = colon + 1, *end = bytes + all;
	while (begin < end && is_blank(*begin))
		begin++;
	while (end > begin && is_blank(end[-1]))
		end--;
	hj_status status = hj_headers_add(headers, (hj_slice){bytes, (size_t)(colon - bytes)},
		(hj_slice){begin, (size_t)(end - begin)}, false);
	this->no_memory |= status == HJ_NO_MEMORY;
	return this->no_memory ? 0 : all;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	curl_transport *this = context;
	return this->options.stopped && this->options.stopped(this->options.context);
}

/* -- outcomes -------------------------------------------------------------------------------------- */

static hj_trouble trouble_of(const curl_transport *this, CURLcode code)
{
	if (this->too_big)
		return HJ_TROUBLE_BIG;
	if (this->no_memory)
		return HJ_TROUBLE_MEMORY;
	switch (code) {
	case CURLE_OK: return HJ_TROUBLE_NONE;
	case CURLE_COULDNT_RESOLVE_HOST: return HJ_TROUBLE_NAME;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY: return HJ_TROUBLE_PROXY;
	case CURLE_COULDNT_CONNECT: return HJ_TROUBLE_CONNECT;
	case CURLE_OPERATION_TIMEDOUT: return HJ_TROUBLE_TIME;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS: return HJ_TROUBLE_TLS;
	case CURLE_FILESIZE_EXCEEDED: return HJ_TROUBLE_BIG;
	case CURLE_ABORTED_BY_CALLBACK: return HJ_TROUBLE_STOPPED;
	case CURLE_OUT_OF_MEMORY: return HJ_TROUBLE_MEMORY;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM: return HJ_TROUBLE_CUT;
	default: return HJ_TROUBLE_PROTOCOL;
	}
}

static hj_outcome outcome_of(curl_transport *this, CURLcode code)
{
	hj_outcome outcome = {.trouble = trouble_of(this, code)};
	if (!outcome.trouble)
		return outcome;
	curl_off_t connected = 0;
	curl_easy_getinfo(this->handle, CURLINFO_PRETRANSFER_TIME_T, &connected);
	/* Once the connection stands, nobody knows how much of the request arrived. */
	outcome.maybe_sent = connected > 0 || this->answered;
	const char *detail = this->error[0] ? this->error : curl_easy_strerror(code);
	if (outcome.trouble != HJ_TROUBLE_BIG)
		snprintf(outcome.detail, sizeof outcome.detail, "%s", detail);
	return outcome;
}

/* -- requests -------------------------------------------------------------------------------------- */

/* Overwrites a list of header lines and frees it. */
static void free_lines(struct curl_slist *lines)
{
	for (struct curl_slist *at = lines; at; at = at->next)
		explicit_bzero(at->data, strlen(at->data));
	curl_slist_free_all(lines);
}

static bool add_line(struct curl_slist **lines, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*lines, line);
	if (!longer)
		return false;
	*lines = longer;
	return true;
}

static bool add_headers(const hj_request *request, struct curl_slist **lines)
{
	bool ok = add_line(lines, "Expect:"); /* no waiting for "100 Continue" */
	for (size_t i = 0; ok && i < request->headers.count; i++) {
		const hj_header *header = &request->headers.items[i];
		size_t size = header->name.size + header->value.size + 3;
		char *line = malloc(size);
		if (!line)
			return false;
		/* A header without a value is written with a semicolon, or libcurl leaves it out. */
		snprintf(line, size, header->value.size ? "%.*s: %.*s" : "%.*s;%.*s",
			(int)header->name.size, header->name.data, (int)header->value.size,
			header->value.size ? header->value.data : "");
		ok = add_line(lines, line);
		explicit_bzero(line, size);
		free(line);
	}
	return ok;
}

static CURLcode configure(curl_transport *this, const hj_request *request, const char *url,
	struct curl_slist *lines, long milliseconds)
{
	CURL *handle = this->handle;
	curl_easy_reset(handle); /* keeps connections, forgets credentials */
	CURLcode code = CURLE_OK;
#define SET(option, value)                                                                         \
	if (code == CURLE_OK)                                                                      \
	code = curl_easy_setopt(handle, option, value)
	SET(CURLOPT_ERRORBUFFER, this->error);
	SET(CURLOPT_PROTOCOLS_STR, strncmp(url, "http:", 5) ? "https" : "http,https");
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTPHEADER, lines);
	SET(CURLOPT_USERAGENT, this->user_agent);
	SET(CURLOPT_ACCEPT_ENCODING, "");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (this->ca_file)
		SET(CURLOPT_CAINFO, this->ca_file);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, milliseconds < CONNECT_TIME ? milliseconds : CONNECT_TIME);
	SET(CURLOPT_TIMEOUT_MS, milliseconds);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)STALL_TIME);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)this->limit);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, this);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, this);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_XFERINFODATA, this);
	SET(CURLOPT_NOPROGRESS, 0L);
	if (request->has_body) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
		SET(CURLOPT_POSTFIELDS, request->body.size ? request->body.data : "");
	}
	if (request->method != HJ_GET || request->has_body)
		SET(CURLOPT_CUSTOMREQUEST, hj_method_name(request->method));
	/* A POST without a body says so: Content-Length: 0. */
	if (request->method == HJ_POST && !request->has_body) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
		SET(CURLOPT_POSTFIELDS, "");
	}
#undef SET
	return code;
}

static hj_outcome send_request(
	hj_transport *transport, const hj_request *request, long milliseconds, hj_response *out)
{
	curl_transport *this = (curl_transport *)transport;
	this->response = out;
	this->too_big = this->no_memory = this->answered = false;
	this->error[0] = 0;
	hj_text url;
	hj_text_init(&url, this->allocator);
	hj_text_str(&url, this->origin);
	hj_text_append(&url, hj_text_slice(&request->target));
	struct curl_slist *lines = NULL;
	hj_outcome outcome = {.trouble = HJ_TROUBLE_MEMORY};
	if (hj_text_string(&url) && add_headers(request, &lines)) {
		CURLcode code = configure(this, request, url.data, lines, milliseconds);
		bool ready = code == CURLE_OK;
		if (ready)
			code = curl_easy_perform(this->handle);
		outcome = outcome_of(this, code);
		if (!ready)
			outcome.maybe_sent = false;
		long status = 0;
		curl_easy_getinfo(this->handle, CURLINFO_RESPONSE_CODE, &status);
		if (!outcome.trouble && (status < 100 || status > 599))
			outcome = (hj_outcome){.trouble = HJ_TROUBLE_PROTOCOL, .maybe_sent = true};
		out->status = (unsigned)status;
	}
	curl_easy_setopt(this->handle, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(this->handle, CURLOPT_ERRORBUFFER, NULL);
	free_lines(lines);
	hj_text_free(&url);
	if (outcome.trouble) {
		hj_response_free(out);
		hj_response_init(out, this->allocator);
	}
	return outcome;
}

static void close_transport(hj_transport *transport)
{
	curl_transport *this = (curl_transport *)transport;
	curl_easy_cleanup(this->handle);
	free(this->origin);
	free(this->user_agent);
	free(this->ca_file);
	hj_free(this->allocator, this, sizeof *this);
}

/* -- origins --------------------------------------------------------------------------------------- */

static bool is_loopback(const char *host)
{
	return !strcmp(host, "localhost") || !strcmp(host, "[::1]") || !strncmp(host, "127.", 4);
}

/* Takes an origin apart and together again, so that what is checked is what is used. */
static hj_status read_origin(const hj_transport_options *options, char **out, hj_text *why)
{
	char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL, *query = NULL;
	CURLU *url = curl_url();
	hj_status status = url ? HJ_INVALID : HJ_NO_MEMORY;
	if (url && curl_url_set(url, CURLUPART_URL, options->origin, CURLU_DISALLOW_USER)) {
		hj_text_printf(why,
			"%s is no address of a service, such as https://api.tailscale.com",
			options->origin);
	} else if (url && !curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) &&
		!curl_url_get(url, CURLUPART_HOST, &host, 0)) {
		curl_url_get(url, CURLUPART_PORT, &port, 0);
		curl_url_get(url, CURLUPART_PATH, &path, 0);
		curl_url_get(url, CURLUPART_QUERY, &query, 0);
		bool plain = !strcmp(scheme, "http");
		if (!plain && strcmp(scheme, "https"))
			hj_text_printf(why, "%s is neither https nor http", options->origin);
		else if ((path && strcmp(path, "/")) || query)
			hj_text_printf(
				why, "%s has a path; /api/v2 is added here", options->origin);
		else if (plain && !options->insecure_http && !is_loopback(host))
			hj_text_printf(why, "%s would send the credential unencrypted; use https",
				options->origin);
		else
			status = HJ_OK;
	}
	if (status == HJ_OK) {
		size_t size = strlen(scheme) + strlen(host) + (port ? strlen(port) : 0) + 5;
		*out = malloc(size);
		if (*out)
			snprintf(*out, size, "%s://%s%s%s", scheme, host, port ? ":" : "",
				port ? port : "");
		else
			status = HJ_NO_MEMORY;
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_free(query);
	curl_url_cleanup(url);
	return status;
}

/* -- memory: libcurl and TLS keep copies of credentials; what they give back is overwritten -------------------- */

/* Each block is preceded by its size. */
enum { HEAD = 16 };

static void *wipe_malloc(size_t size)
{
	char *block = size < SIZE_MAX - HEAD ? malloc(size + HEAD) : NULL;
	if (!block)
		return NULL;
	memcpy(block, &size, sizeof size);
	return block + HEAD;
}

static void wipe_free(void *block)
{
	if (!block)
		return;
	char *begin = (char *)block - HEAD;
	size_t size;
	memcpy(&size, begin, sizeof size);
	explicit_bzero(block, size);
	free(begin);
}

static void *wipe_realloc(void *block, size_t size)
{
	void *moved = wipe_malloc(size);
	if (moved && block) {
		size_t old;
		memcpy(&old, (char *)block - HEAD, sizeof old);
		memcpy(moved, block, old < size ? old : size);
		wipe_free(block);
	}
	return moved;
}

static char *wipe_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = wipe_malloc(size);
	return copy ? memcpy(copy, text, size) : NULL;
}

static void *wipe_calloc(size_t count, size_t size)
{
	size_t bytes;
	if (!hj_multiply(count, size, &bytes))
		return NULL;
	void *block = wipe_malloc(bytes);
	return block ? memset(block, 0, bytes) : NULL;
}

/* The same for OpenSSL, whose buffers hold what was decrypted. */
static void *tls_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return size ? wipe_malloc(size) : NULL;
}

static void tls_free(void *block, const char *file, int line)
{
	(void)file, (void)line;
	wipe_free(block);
}

static void *tls_realloc(void *block, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	if (size)
		return wipe_realloc(block, size);
	wipe_free(block);
	return NULL;
}

bool hj_transport_wipe(void)
{
	static bool done;
	if (!done)
		done = CRYPTO_set_mem_functions(tls_malloc, tls_realloc, tls_free) == 1;
	return done;
}

/* -- opening --------------------------------------------------------------------------------------- */

static bool copy_string(const char *text, char **out)
{
	*out = text ? strdup(text) : NULL;
	return !text || *out;
}

hj_status hj_transport_curl(const hj_transport_options *options, const hj_allocator *allocator,
	hj_transport **out, hj_text *why)
{
	static bool ready;
	hj_transport_wipe();
	if (!ready &&
		curl_global_init_mem(CURL_GLOBAL_DEFAULT, wipe_malloc, wipe_free, wipe_realloc,
			wipe_strdup, wipe_calloc))
		return HJ_NO_MEMORY;
	ready = true;
	curl_transport *this = hj_alloc(allocator, sizeof *this);
	if (!this)
		return HJ_NO_MEMORY;
	*this = (curl_transport){.allocator = allocator, .options = *options};
	this->transport.send = send_request;
	this->transport.close = close_transport;
	this->limit = options->body_limit ? options->body_limit : BODY_LIMIT;
	hj_status status = read_origin(options, &this->origin, why);
	if (!status &&
		(!copy_string(options->user_agent, &this->user_agent) ||
			!copy_string(options->ca_file, &this->ca_file) ||
			!(this->handle = curl_easy_init())))
		status = HJ_NO_MEMORY;
	if (status)
		close_transport(&this->transport);
	else
		*out = &this->transport;
	return status;
}
