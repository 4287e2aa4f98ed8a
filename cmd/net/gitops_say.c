#include "cmd/escape.h"
#include "cmd/net/gitops_parts.h"

#include <stdio.h>

void say_hashes(struct gitops *this, hj_slice etag)
{
	struct app *app = this->app;
	hj_slice cached = hj_text_slice(&this->cached);
	app_print(&app->err, HJ_SLICE("control: "));
	app_print_safe(&app->err, etag);
	app_printf(&app->err, "\nlocal:   %.*s\ncache:   %.*s\n", DIGITS, this->local_etag.digits,
		cached.size ? (int)cached.size : 6, cached.size ? cached.data : "(none)");
	app_flush(app, &app->err);
}

static void print_property(struct app *app, hj_slice text, bool property)
{
	hj_text out;
	hj_text_init(&out, app->allocator);
	escape_workflow(&out, text, property);
	app_print_safe(&app->out, hj_text_slice(&out));
	hj_text_free(&out);
}

/* A line of GitHub's that names the policy file, or the sentence alone. */
static void annotate(
	const struct gitops *this, const char *command, const char *properties, hj_slice sentence)
{
	struct app *app = this->app;
	if (this->github) {
		app_printf(&app->out, "::%s file=", command);
		print_property(app, escape_relative(this->policy_path), true);
		app_printf(&app->out, "%s::", properties);
		print_property(app, sentence, false);
	} else {
		app_print_safe(&app->out, sentence);
	}
	app_print(&app->out, HJ_SLICE("\n"));
}

bool allows_edits(struct gitops *this, hj_slice etag)
{
	static const char sentence[] =
		"The policy file was modified externally in the admin console.";
	bool known = this->cached.size > 0;
	if (cache_is(this, etag))
		return true;
	if (known)
		annotate(this, this->stop_on_edits ? "error" : "warning",
			",line=1,col=1,title=Policy File Modified Externally",
			hj_slice_str(sentence));
	else if (this->stop_on_edits)
		app_complain(this->app, this->cache_path,
			"is missing: whether the policy was modified externally cannot be known");
	this->stopped = this->stop_on_edits;
	return !this->stopped;
}

static void print_list(struct app *app, hj_json *json, uint32_t list, const char *title)
{
	bool first = true;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at)) {
		app_printf(&app->out, "%s- ", first ? title : "");
		app_print_safe(&app->out, hj_json_string(json, at));
		app_print(&app->out, HJ_SLICE("\n"));
		first = false;
	}
}

static void print_data(struct app *app, hj_json *json)
{
	uint32_t data = hj_json_find(json, "/data");
	for (uint32_t at = hj_json_next(json, data, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, data, at)) {
		hj_slice user = hj_json_string(json, hj_json_member(json, at, "user"));
		if (user.size) {
			app_print(&app->out, HJ_SLICE("For user "));
			app_print_safe(&app->out, user);
			app_print(&app->out, HJ_SLICE(":\n"));
		}
		print_list(app, json, hj_json_member(json, at, "errors"), "Errors found:\n");
		print_list(app, json, hj_json_member(json, at, "warnings"), "Warnings found:\n");
	}
}

static bool read_number(const char **at, const char *end, const char *word, unsigned *out)
{
	size_t size = strlen(word);
	if ((size_t)(end - *at) < size || memcmp(*at, word, size) != 0)
		return false;
	const char *digit = *at + size;
	for (*out = 0; digit < end && *digit >= '0' && *digit <= '9' && *out < 100000000; digit++)
		*out = *out * 10 + (unsigned)(*digit - '0');
	*at = digit;
	return *out > 0;
}

/* "line L, column C: TEXT" somewhere in a message (5.6). */
static bool find_place(hj_slice message, unsigned *line, unsigned *column, hj_slice *text)
{
	const char *end = message.data + message.size;
	for (const char *at = message.data; at < end; at++) {
		const char *next = at;
		if (read_number(&next, end, "line ", line) &&
			read_number(&next, end, ", column ", column) && end - next > 2 &&
			memcmp(next, ": ", 2) == 0) {
			*text = (hj_slice){next + 2, (size_t)(end - next) - 2};
			return true;
		}
	}
	return false;
}

bool say_refusal(struct gitops *this, hj_json *json)
{
	struct app *app = this->app;
	hj_slice message = hj_json_string(json, hj_json_find(json, "/message")), text;
	uint32_t data = hj_json_find(json, "/data");
	bool has_data = hj_json_next(json, data, 0) != HJ_JSON_NOTHING;
	unsigned line, column;
	if (message.size == 0 && !has_data)
		return false;
	if (this->github && find_place(message, &line, &column, &text)) {
		char place[48];
		snprintf(place, sizeof place, ",line=%u,col=%u", line, column);
		annotate(this, "error", place, text);
		return true;
	}
	/* At a line's begin two colons would be a command. */
	if (hj_slice_starts(message, HJ_SLICE("::")))
		app_print(&app->out, HJ_SLICE(" "));
	app_print_safe(&app->out, message);
	app_print(&app->out, HJ_SLICE("\n\n"));
	print_data(app, json);
	local_show(app, &this->local, message, this->github ? "github" : "text");
	return true;
}
