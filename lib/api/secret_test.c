/*
 * Nothing of a credential stays in memory: after a session was closed this process is searched for the
 * key, the client's secret and the token, as they are and as Basic sends them. What the test itself
 * needs of them is kept with all bits turned over.
 */
#include "api/session.h"

#include "api/server.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 40 };

/* Criterion uses OpenSSL before any test runs; the program does not. */
__attribute__((constructor)) static void wipe_early(void)
{
	hj_transport_wipe();
}

/* A secret of this run, as it must not be found. */
struct hidden {
	unsigned char turned[128];
	size_t size;
	size_t hex; /* so many hexadecimal digits follow */
};

static void hide(struct hidden *hidden, const char *text, size_t size)
{
	cr_assert_lt(size, sizeof hidden->turned);
	hidden->size = size;
	for (size_t i = 0; i < size; i++)
		hidden->turned[i] = (unsigned char)~text[i];
}

static void show(const struct hidden *hidden, char *out)
{
	for (size_t i = 0; i < hidden->size; i++)
		out[i] = (char)~hidden->turned[i];
}

static void make_secret(struct hidden *hidden, const char *prefix)
{
	char text[SIZE];
	int size = snprintf(text, sizeof text, "%s%08x%08lx", prefix, (unsigned)getpid(),
		(unsigned long)time(NULL) & 0xFFFFFFFFUL);
	hide(hidden, text, (size_t)size);
	explicit_bzero(text, sizeof text);
}

/* -- searching ------------------------------------------------------------------------------------------ */

static bool is_hidden_at(const unsigned char *at, const struct hidden *hidden)
{
	for (size_t i = 0; i < hidden->size; i++)
		if ((at[i] ^ hidden->turned[i]) != 0xFF)
			return false;
	for (size_t i = hidden->size; i < hidden->size + hidden->hex; i++)
		if (!strchr("0123456789abcdef", at[i]) || !at[i])
			return false;
	return true;
}

/* How often it is in the writable memory of this process. */
static unsigned count_copies(const struct hidden *hidden)
{
	enum { BLOCK = 1 << 16 };
	static unsigned char block[BLOCK + 128];
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY);
	cr_assert(maps && memory >= 0);
	unsigned found = 0;
	char line[512];
	while (fgets(line, sizeof line, maps)) {
		unsigned long start, end;
		char rights[8];
		if (sscanf(line, "%lx-%lx %7s", &start, &end, rights) != 3 || rights[1] != 'w' ||
			end - start > 1UL << 30) /* what sanitizers reserve */
			continue;
		for (unsigned long at = start; at < end; at += BLOCK) {
			ssize_t got = pread(memory, block, sizeof block, (off_t)at);
			/* Not what is in the block itself from the last time. */
			if (at + BLOCK > (unsigned long)(uintptr_t)block &&
				at < (unsigned long)(uintptr_t)(block + sizeof block))
				continue;
			for (ssize_t i = 0; i < BLOCK && i + (ssize_t)hidden->size <= got; i++)
				found += is_hidden_at(block + i, hidden);
		}
	}
	explicit_bzero(block, sizeof block);
	explicit_bzero(line, sizeof line);
	fclose(maps);
	close(memory);
	return found;
}

/* -- a client's path, over a socket -------------------------------------------------------------------------- */

static int64_t clock_now(void *context)
{
	(void)context;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void clock_wait(void *context, long milliseconds)
{
	(void)context, (void)milliseconds;
}

static uint32_t clock_chance(void *context)
{
	(void)context;
	return 0;
}

/* A certificate for 127.0.0.1 that signs itself, and its key, as PEM. */
struct identity {
	char certificate[4096], key[4096];
};

static void write_pem(BIO *bio, char *out, size_t room)
{
	char *data;
	long size = BIO_get_mem_data(bio, &data);
	cr_assert(size > 0 && (size_t)size < room);
	memcpy(out, data, (size_t)size);
	out[size] = 0;
	BIO_free(bio);
}

static void make_identity(struct identity *out)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	cr_assert(key && certificate);
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
	X509_set_pubkey(certificate, key);
	X509_NAME *name = X509_get_subject_name(certificate);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, (const unsigned char *)"127.0.0.1", -1, -1, 0);
	X509_set_issuer_name(certificate, name);
	static const struct {
		int kind;
		const char *value;
	} extensions[] = {{NID_subject_alt_name, "IP:127.0.0.1"},
		{NID_basic_constraints, "critical,CA:TRUE"}};
	for (size_t i = 0; i < 2; i++) {
		X509_EXTENSION *extension =
			X509V3_EXT_conf_nid(NULL, NULL, extensions[i].kind, extensions[i].value);
		cr_assert(extension && X509_add_ext(certificate, extension, -1));
		X509_EXTENSION_free(extension);
	}
	cr_assert(X509_sign(certificate, key, EVP_sha256()));
	BIO *bio = BIO_new(BIO_s_mem());
	cr_assert(bio && PEM_write_bio_X509(bio, certificate));
	write_pem(bio, out->certificate, sizeof out->certificate);
	bio = BIO_new(BIO_s_mem());
	cr_assert(bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
	write_pem(bio, out->key, sizeof out->key);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

static void write_certificate(const struct identity *identity, const char *path)
{
	FILE *file = fopen(path, "w");
	cr_assert(file && fputs(identity->certificate, file) >= 0);
	cr_assert_eq(fclose(file), 0);
}

/*
 * The service is another process: what it knows is not ours. Returns where it listens. ca_file: with TLS,
 * and its certificate is written there; NULL: plain.
 */
static pid_t serve(bool guarded, const char *ca_file, char *origin, size_t size)
{
	int ends[2];
	cr_assert_eq(pipe(ends), 0);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		static struct identity identity;
		if (ca_file) {
			make_identity(&identity);
			write_certificate(&identity, ca_file);
		}
		const struct hj_twin_client client = {
			HJ_SLICE("k1"), HJ_SLICE("open-sesame"), HJ_SLICE("all")};
		hj_twin_options options = {
			.policy = HJ_SLICE("{}"), .clients = &client, .client_count = guarded};
		hj_server_options where = {.host = "127.0.0.1",
			.certificate = ca_file ? identity.certificate : NULL,
			.key = ca_file ? identity.key : NULL};
		hj_server *server;
		hj_text why;
		hj_text_init(&why, NULL);
		if (hj_twin_open(&options, NULL, &where.twin, &why) ||
			hj_server_start(&where, NULL, &server))
			_exit(1);
		unsigned short port = hj_server_port(server);
		if (write(ends[1], &port, sizeof port) != (ssize_t)sizeof port)
			_exit(1);
		for (;;)
			pause();
	}
	unsigned short port = 0;
	cr_assert_eq(read(ends[0], &port, sizeof port), (ssize_t)sizeof port);
	close(ends[0]);
	close(ends[1]);
	snprintf(origin, size, "http%s://127.0.0.1:%u", ca_file ? "s" : "", (unsigned)port);
	return child;
}

/* What the environment would say: read from here, and wiped by the test. */
struct environment {
	const char *name, *id;
	char value[SIZE];
};

static const char *look_up(void *context, const char *name)
{
	struct environment *environment = context;
	if (strcmp(name, environment->name) == 0)
		return environment->value;
	return environment->id && strcmp(name, "TS_OAUTH_ID") == 0 ? environment->id : NULL;
}

static void keep_trace(void *context, hj_slice line)
{
	hj_text_append(context, line);
}

/* One call from the environment's names to the answer, and everything closed. */
static void call_once(
	struct environment *environment, const char *origin, const char *ca_file, hj_text *traced)
{
	hj_clock clock = {clock_now, clock_wait, clock_chance, NULL};
	hj_credentials credentials = {0};
	hj_transport *transport;
	hj_session *session;
	hj_text why;
	hj_text_init(&why, NULL);
	cr_assert_eq(hj_credentials_choose(look_up, environment, NULL, &credentials, &why), HJ_OK);
	explicit_bzero(environment->value, sizeof environment->value);
	hj_transport_options way = {.origin = origin, .user_agent = "test", .ca_file = ca_file};
	cr_assert_eq(hj_transport_curl(&way, NULL, &transport, &why), HJ_OK, "%s", why.data);
	cr_assert_eq(hj_session_open(&(hj_session_options){.transport = transport,
					     .credentials = &credentials,
					     .clock = clock,
					     .trace = keep_trace,
					     .context = traced},
			     NULL, &session),
		HJ_OK);
	hj_parameter tailnet = {"tailnet", HJ_SLICE("-")};
	const hj_endpoint *endpoint = hj_endpoint_named("policy.get");
	hj_request request;
	hj_call call;
	hj_request_init(&request, NULL);
	cr_assert_eq(hj_endpoint_request(endpoint, &tailnet, 1, &request), HJ_OK);
	cr_assert_eq(hj_session_call(session, endpoint, &request, &call), HJ_OK);
	cr_expect_eq(call.kind, HJ_CALL_DONE, "%s", call.message.data);
	hj_call_free(&call);
	hj_request_free(&request);
	hj_session_close(session);
	transport->close(transport);
	hj_credentials_free(&credentials);
}

static void expect_gone(const struct hidden *hidden, const hj_text *traced, const char *what)
{
	cr_expect_eq(count_copies(hidden), 0, "%s is still in memory", what);
	for (size_t i = 0; i + hidden->size + hidden->hex <= traced->size; i++)
		cr_expect_not(is_hidden_at((const unsigned char *)traced->data + i, hidden),
			"%s is in the trace", what);
}

/* The search finds what is there: otherwise it would prove nothing. */
Test(secret, the_search_finds_it)
{
	struct hidden key = {0};
	make_secret(&key, "tskey-api-");
	char *copy = malloc(SIZE);
	cr_assert(copy);
	show(&key, copy);
	cr_expect_eq(count_copies(&key), 1);
	explicit_bzero(copy, SIZE);
	cr_expect_eq(count_copies(&key), 0);
	free(copy);
}

static void check_key(const char *ca_file)
{
	struct hidden key = {0}, encoded = {0};
	struct environment environment = {.name = "TS_API_KEY"};
	hj_text traced;
	hj_text_init(&traced, NULL);
	make_secret(&key, "tskey-api-kk");
	char origin[64];
	pid_t child = serve(false, ca_file, origin, sizeof origin);
	show(&key, environment.value);
	hj_headers headers = {0};
	cr_assert_eq(
		hj_authorize_basic(&headers, hj_slice_str(environment.value), HJ_SLICE("")), HJ_OK);
	hide(&encoded, headers.items[0].value.data + 6, headers.items[0].value.size - 6);
	hj_headers_free(&headers);
	call_once(&environment, origin, ca_file, &traced);
	expect_gone(&key, &traced, "the key");
	expect_gone(&encoded, &traced, "the key as Basic");
	cr_expect(strstr(hj_text_string(&traced), "(hidden)"));
	kill(child, SIGKILL);
	hj_text_free(&traced);
}

static void check_token(const char *ca_file)
{
	struct hidden secret = {0}, token = {.hex = 24};
	struct environment environment = {.name = "TS_OAUTH_SECRET", .id = "k1"};
	hj_text traced;
	hj_text_init(&traced, NULL);
	hide(&token, "tskey-api-", 10);
	static const unsigned char turned[] = {(unsigned char)~'o', (unsigned char)~'p',
		(unsigned char)~'e', (unsigned char)~'n', (unsigned char)~'-', (unsigned char)~'s',
		(unsigned char)~'e', (unsigned char)~'s', (unsigned char)~'a', (unsigned char)~'m',
		(unsigned char)~'e'};
	memcpy(secret.turned, turned, secret.size = sizeof turned);
	char origin[64];
	pid_t child = serve(true, ca_file, origin, sizeof origin);
	show(&secret, environment.value);
	call_once(&environment, origin, ca_file, &traced);
	expect_gone(&token, &traced, "the token");
	expect_gone(&secret, &traced, "the client's secret");
	kill(child, SIGKILL);
	hj_text_free(&traced);
}

Test(secret, a_key_is_gone)
{
	check_key(NULL);
}

Test(secret, a_token_is_gone)
{
	check_token(NULL);
}

/* Over TLS what is sent and received goes through the library's buffers, too. */
static void with_tls(void (*check)(const char *ca_file))
{
	cr_assert(hj_transport_wipe());
	char path[] = "/tmp/hujson-test-XXXXXX";
	int file = mkstemp(path);
	cr_assert(file >= 0);
	close(file);
	check(path);
	unlink(path);
}

Test(secret, a_key_is_gone_after_tls)
{
	with_tls(check_key);
}

Test(secret, a_token_is_gone_after_tls)
{
	with_tls(check_token);
}
