/*
 * The bytes of a request for each endpoint, against testdata/api/requests.http: blocks that begin with
 * "### NAME" and hold the request as HTTP/1.1 sends it, with line ends as LF.
 */
#include "api/credentials.h"
#include "api/endpoint.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static const char requests[] = "testdata/api/requests.http";

/* Values with what has to be encoded: a blank, a slash, an "@", letters beyond ASCII. */
static hj_slice value_of(const char *name)
{
	static const struct {
		const char *name, *value;
	} values[] = {
		{"tailnet", "ann@example.com"},
		{"deviceId", "nDemo4211CNTRL"},
		{"key", "custom:tier"},
		{"serviceName", "svc:db"},
		{"id", "p/1"},
		{"userInviteId", "12"},
		{"deviceInviteId", "34"},
		{"keyId", "k123CNTRL"},
		{"userId", "u 1"},
		{"type", "user"},
		{"previewFor", "ann+x@example.com"},
		{"details", "true"},
		{"fields", "all"},
		{"all", "true"},
		{"role", "it-admin"},
	};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (strcmp(values[i].name, name) == 0)
			return hj_slice_str(values[i].value);
	cr_assert_fail("no value for %s", name);
	return (hj_slice){NULL, 0};
}

/* Every name of the path, then every one of the query. */
static size_t parameters_of(const hj_endpoint *endpoint, hj_parameter *out, char names[][32])
{
	size_t count = 0;
	for (const char *at = endpoint->path; (at = strchr(at, '{')); count++) {
		size_t size = strcspn(++at, "}");
		memcpy(names[count], at, size);
		names[count][size] = 0;
	}
	for (const char *at = endpoint->query; *at && *at != '*';) {
		size_t size = strcspn(at, " ");
		memcpy(names[count], at, size);
		names[count++][size] = 0;
		at += size + strspn(at + size, " ");
	}
	for (size_t i = 0; i < count; i++)
		out[i] = (hj_parameter){names[i], value_of(names[i])};
	return count;
}

static void write_block(const hj_endpoint *endpoint, hj_text *out)
{
	hj_parameter parameters[8];
	char names[8][32];
	size_t count = parameters_of(endpoint, parameters, names);
	hj_request request;
	hj_request_init(&request, NULL);
	cr_assert_eq(hj_endpoint_request(endpoint, parameters, count, &request), HJ_OK, "%s",
		endpoint->name);
	if (endpoint->body == HJ_BODY_JSON || endpoint->body == HJ_BODY_POLICY)
		hj_text_str(&request.body, "{}");
	cr_assert_eq(hj_authorize_basic(&request.headers, HJ_SLICE("tskey-api-k1"), HJ_SLICE("")),
		HJ_OK);
	hj_text bytes;
	hj_text_init(&bytes, NULL);
	cr_assert_eq(hj_request_write(&request, HJ_SLICE("api.tailscale.com"), &bytes), HJ_OK);
	hj_text_printf(out, "### %s\n", endpoint->name);
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] != '\r')
			hj_text_byte(out, bytes.data[i]);
	hj_text_str(out, "\n\n");
	hj_text_free(&bytes);
	hj_request_free(&request);
}

/* The block of a name in a file of blocks; size 0: there is none. */
static hj_slice block_of(hj_slice file, const char *name)
{
	char head[64];
	int size = snprintf(head, sizeof head, "### %s\n", name);
	const char *begin = memmem(file.data, file.size, head, (size_t)size);
	if (!begin)
		return (hj_slice){NULL, 0};
	size_t left = file.size - (size_t)(begin - file.data);
	const char *end = memmem(begin + 4, left - 4, "\n### ", 5);
	return (hj_slice){begin, end ? (size_t)(end - begin) + 1 : left};
}

Test(endpoint, requests_have_the_bytes_that_the_reference_shows)
{
	hj_text file;
	hj_text_init(&file, NULL);
	cr_assert_eq(hj_file_read(requests, 1 << 20, &file), HJ_OK, "%s", requests);
	size_t count;
	const hj_endpoint *endpoints = hj_endpoints(&count);
	for (size_t i = 0; i < count; i++) {
		hj_text block;
		hj_text_init(&block, NULL);
		write_block(&endpoints[i], &block);
		hj_slice wanted = block_of(hj_text_slice(&file), endpoints[i].name);
		cr_expect(hj_slice_equal(wanted, hj_text_slice(&block)),
			"%s: wanted\n%.*s\ngot\n%.*s", endpoints[i].name, (int)wanted.size,
			wanted.data, (int)block.size, block.data);
		hj_text_free(&block);
	}
	hj_text_free(&file);
}

Test(endpoint, is_found_by_the_path_that_it_writes)
{
	size_t count;
	const hj_endpoint *endpoints = hj_endpoints(&count);
	for (size_t i = 0; i < count; i++) {
		hj_parameter parameters[8];
		char names[8][32];
		size_t used = parameters_of(&endpoints[i], parameters, names);
		hj_request request;
		hj_request_init(&request, NULL);
		cr_assert_eq(hj_endpoint_request(&endpoints[i], parameters, used, &request), HJ_OK);
		const hj_endpoint *found =
			hj_endpoint_of(request.method, hj_text_slice(&request.target));
		cr_expect_eq(found, &endpoints[i], "%s is taken for %s", endpoints[i].name,
			found ? found->name : "none");
		hj_request_free(&request);
	}
}

Test(endpoint, names_are_once_and_what_is_missing_is_refused)
{
	size_t count;
	const hj_endpoint *endpoints = hj_endpoints(&count);
	for (size_t i = 0; i < count; i++)
		cr_expect_eq(hj_endpoint_named(endpoints[i].name), &endpoints[i], "%s twice",
			endpoints[i].name);
	static const char *const bad[] = {"", ".", ".."};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		hj_parameter parameter = {"deviceId", hj_slice_str(bad[i])};
		hj_request request;
		hj_request_init(&request, NULL);
		cr_expect_eq(hj_endpoint_request(
				     hj_endpoint_named("device.get"), &parameter, 1, &request),
			HJ_INVALID, "'%s'", bad[i]);
		hj_request_free(&request);
	}
	cr_expect_null(hj_endpoint_of(HJ_GET, HJ_SLICE("/tailnet/-/nothing")));
	cr_expect_null(hj_endpoint_of(HJ_PUT, HJ_SLICE("/tailnet/-/acl")));
}

/* -- the table is whole -------------------------------------------------------------------------- */

/* Every row has a command, and one that there is: it stands in the command's own help. */
Test(endpoint, rows_have_a_command)
{
	hj_text help;
	hj_text_init(&help, NULL);
	cr_assert_eq(hj_file_read("cmd/cmd_tailnet.c", 1 << 20, &help), HJ_OK);
	cr_assert(hj_text_string(&help));
	size_t count;
	const hj_endpoint *endpoints = hj_endpoints(&count);
	static const char of[] = "hujson tailnet ";
	for (size_t i = 0; i < count; i++) {
		const char *command = endpoints[i].command;
		if (strncmp(endpoints[i].name, "oauth.", 6) == 0) {
			cr_expect_eq(strncmp(command, "every command, with ", 20), 0);
			continue;
		}
		cr_assert_eq(strncmp(command, of, sizeof of - 1), 0, "%s", endpoints[i].name);
		char verb[32];
		size_t size = strcspn(command += sizeof of - 1, " ");
		cr_assert(size > 0 && size < sizeof verb);
		snprintf(verb, sizeof verb, "%.*s", (int)size, command);
		cr_expect(strstr(help.data, verb), "%s: no verb %s", endpoints[i].name, verb);
		cr_expect(endpoints[i].summary && endpoints[i].summary[0]);
	}
	hj_text_free(&help);
}

/* And the golden file has no request that is none. */
Test(endpoint, requests_are_of_endpoints)
{
	hj_text file;
	hj_text_init(&file, NULL);
	cr_assert_eq(hj_file_read(requests, 1 << 20, &file), HJ_OK);
	cr_assert(hj_text_string(&file));
	size_t blocks = 0, count;
	hj_endpoints(&count);
	for (const char *at = file.data; (at = strstr(at, "### ")); blocks++) {
		char name[64];
		size_t size = strcspn(at += 4, "\n");
		snprintf(name, sizeof name, "%.*s", (int)size, at);
		cr_expect(hj_endpoint_named(name), "%s", name);
	}
	cr_expect_eq(blocks, count);
	hj_text_free(&file);
}

/* Where in a row's path a path of the reference begins, whatever the names in braces are; NULL: the
   row does not end like it. */
static const char *tail_of(const char *path, const char *wanted, size_t size)
{
	const char *end = path + strlen(path), *at = wanted + size;
	while (at > wanted) {
		if (end == path || *--at != *--end)
			return NULL;
		if (*at != '}')
			continue;
		while (at > wanted && *at != '{')
			at--;
		while (end > path && *end != '{')
			end--;
	}
	return end;
}

static bool is_known(hj_method method, const char *path, size_t size)
{
	static const char dots[] = "…";
	bool short_form = size > 3 && memcmp(path, dots, 3) == 0;
	if (short_form)
		path += 3, size -= 3;
	size_t count;
	const hj_endpoint *endpoints = hj_endpoints(&count);
	for (size_t i = 0; i < count; i++) {
		const char *tail = tail_of(endpoints[i].path, path, size);
		if (endpoints[i].method == method && tail &&
			(short_form || tail == endpoints[i].path))
			return true;
	}
	return false;
}

/* "GET, PATCH, PUT `/tailnet/…`", "GET/POST `…/services`": every method before a path. */
static unsigned check_paths(const char *text)
{
	unsigned found = 0;
	for (const char *at = text; (at = strchr(at, '`')); at++) {
		const char *path = at + 1;
		size_t size = strcspn(path, "` \n?");
		if (path[size] != '`' || !(path[0] == '/' || !strncmp(path, "…/", 4)))
			continue;
		for (const char *end = at; end > text;) {
			while (end > text && strchr(" ,/", end[-1]))
				end--;
			const char *word = end;
			while (word > text && isupper((unsigned char)word[-1]))
				word--;
			hj_method method;
			if (!hj_method_named((hj_slice){word, (size_t)(end - word)}, &method))
				break;
			found++;
			cr_expect(is_known(method, path, size), "no row for %s %.*s",
				hj_method_name(method), (int)size, path);
			end = word;
		}
	}
	return found;
}

Test(endpoint, none_of_the_reference_is_missing)
{
	const char *shared = getenv("HUJSON_SHARED");
	if (!shared || !*shared)
		cr_skip_test("HUJSON_SHARED is not set");
	hj_text path, text;
	hj_text_init(&path, NULL);
	hj_text_init(&text, NULL);
	hj_text_printf(&path, "%s/reference/tailnet-api.md", shared);
	cr_assert_eq(hj_file_read(hj_text_string(&path), 1 << 20, &text), HJ_OK);
	cr_assert(hj_text_string(&text));
	char *clients = strstr(text.data, "## 12. Clients");
	cr_assert(clients);
	*clients = 0;
	cr_expect_gt(check_paths(text.data), 45);
	/* Chapter 8 calls them by other words. */
	static const hj_method collection[] = {HJ_GET, HJ_POST};
	static const hj_method item[] = {HJ_GET, HJ_PUT, HJ_DELETE};
	for (size_t i = 0; i < sizeof collection / sizeof *collection; i++)
		cr_expect(hj_endpoint_of(collection[i], HJ_SLICE("/tailnet/-/keys")));
	for (size_t i = 0; i < sizeof item / sizeof *item; i++)
		cr_expect(hj_endpoint_of(item[i], HJ_SLICE("/tailnet/-/keys/k1")));
	hj_text_free(&path);
	hj_text_free(&text);
}
