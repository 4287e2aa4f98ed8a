/*
 * The cache file: {"PrevETag": "…"}.
 */
#include "cmd/net/gitops_parts.h"

#include <errno.h>

enum { CACHE_LIMIT = 65536 }; /* bytes */

static bool is_hash(hj_slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!((text.data[i] >= '0' && text.data[i] <= '9') ||
			    (text.data[i] >= 'a' && text.data[i] <= 'f')))
			return false;
	return text.size == DIGITS || text.size == DIGITS - 2;
}

int read_cache(struct gitops *this)
{
	struct app *app = this->app;
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_status status = hj_file_read(this->cache_path, CACHE_LIMIT, &text);
	int result = EXIT_CLEAN;
	if (status == HJ_IO && errno != ENOENT) {
		app_complain(app, this->cache_path, "%s", strerror(errno));
		result = EXIT_TROUBLE;
	} else if (!status) {
		hj_json json;
		status = hj_json_read(&json, hj_text_slice(&text), app->allocator);
		hj_slice etag = hj_json_string(&json, hj_json_find(&json, "/PrevETag"));
		if (is_hash(etag))
			hj_text_append(&this->cached, etag);
		else if (status != HJ_NO_MEMORY && etag.size)
			app_complain(app, this->cache_path, "is no cache file; it is ignored");
		hj_json_free(&json);
	}
	hj_text_free(&text);
	if (status == HJ_NO_MEMORY || this->cached.status)
		return app_out_of_memory(app, this->cache_path);
	return result;
}

int write_cache(struct gitops *this, hj_slice etag)
{
	struct app *app = this->app;
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_text_printf(&text, "{\"PrevETag\":\"%.*s\"}\n", HJ_SLICE_ARGS(etag));
	hj_file_change change = {0};
	hj_status status = text.status;
	if (!status)
		status = hj_file_begin(this->cache_path, app->allocator, &change);
	if (!status)
		status = hj_file_write(&change, hj_text_slice(&text));
	if (!status)
		status = hj_file_commit(&change);
	int error = errno;
	hj_file_abandon(&change);
	hj_text_free(&text);
	if (status == HJ_NO_MEMORY)
		return app_out_of_memory(app, this->cache_path);
	if (status)
		app_complain(app, this->cache_path, "cannot be written: %s", strerror(error));
	return status ? EXIT_FOUND : EXIT_CLEAN;
}

bool cache_is(const struct gitops *this, hj_slice etag)
{
	hj_slice cached = hj_text_slice(&this->cached);
	if (cached.size == DIGITS - 2 && etag.size == DIGITS)
		etag = (hj_slice){etag.data + 1, DIGITS - 2};
	return hj_slice_equal(cached, etag);
}
