#include "cmd/settings.h"

#include "cmd/pattern.h"
#include "cmd/rule_list.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* -- the command line -------------------------------------------------------------------------- */

/* Marks the rules of every --select or --ignore; *any tells whether there was one. */
static int read_rules(struct app *app, const struct arguments *arguments, const char *option,
	bool *chosen, bool *any)
{
	size_t at = 0;
	*any = false;
	for (const char *list; (list = options_next(arguments, option, &at));) {
		hj_slice unknown;
		*any = true;
		if (rule_list_read(list, chosen, &unknown))
			continue;
		const char *nearest = rule_list_nearest(unknown);
		if (nearest)
			return options_misuse(app, arguments->command,
				"--%s: no rule '%.*s', did you mean '%s'?", option,
				HJ_SLICE_ARGS(unknown), nearest);
		return options_misuse(app, arguments->command, "--%s: no rule '%.*s'", option,
			HJ_SLICE_ARGS(unknown));
	}
	return EXIT_CLEAN;
}

int settings_begin(struct app *app, const struct arguments *arguments, struct settings *settings)
{
	size_t count = hj_rule_count();
	bool any;
	*settings = (struct settings){.app = app, .arguments = arguments};
	hj_arena_init(&settings->arena, app->allocator);
	bool *flags = hj_arena_alloc(&settings->arena, 4 * count);
	settings->rules = hj_arena_alloc(&settings->arena, count * sizeof *settings->rules);
	if (!flags || !settings->rules)
		return app_out_of_memory(app, NULL);
	time_t now = time(NULL);
	struct tm here;
	if (localtime_r(&now, &here))
		settings->options.today = ((int64_t)now + here.tm_gmtoff) / 86400;
	memset(flags, 0, 4 * count);
	settings->selected = flags;
	settings->ignored = flags + count;
	settings->options.ignored = flags + 2 * count;
	settings->options.severities = (unsigned char *)(flags + 3 * count);
	if (options_has(arguments, "config") && options_has(arguments, "no-config"))
		return options_misuse(
			app, arguments->command, "--config and --no-config exclude each other");
	int status = read_rules(app, arguments, "ignore", settings->ignored, &any);
	if (!status)
		status = read_rules(
			app, arguments, "select", settings->selected, &settings->selects);
	return status;
}

void settings_end(struct settings *settings)
{
	for (struct config_file *file = settings->files; file; file = file->next) {
		for (int i = 0; i < HJ_CONFIG_PATTERNS; i++)
			pattern_free(file->patterns[i].compiled);
		if (file->document)
			hj_config_free(&file->config);
		hj_findings_free(&file->findings);
		hj_document_free(file->document);
		hj_source_free(file->source);
	}
	hj_arena_free(&settings->arena);
}

/* -- files ------------------------------------------------------------------------------------- */

static const char *keep(struct settings *settings, const char *text)
{
	bool ok = true;
	hj_slice kept = hj_arena_copy(&settings->arena, hj_slice_str(text), &ok);
	return ok ? kept.data : NULL;
}

/* A path as it is shown: without the working folder before it. */
static const char *shown(const char *path)
{
	static char folder[PATH_MAX];
	size_t size = getcwd(folder, sizeof folder) ? strlen(folder) : 0;
	if (size > 1 && strncmp(path, folder, size) == 0 && path[size] == '/')
		return path + size + 1;
	return path;
}

/* What no bound allows to be decided is taken as following. */
static bool follows(void *context, hj_slice name)
{
	struct lazy_pattern *pattern = context;
	if (!pattern->compiled) {
		hj_text why;
		size_t offset;
		hj_text_init(&why, NULL);
		pattern->compiled = pattern_compile(pattern->text, &why, &offset);
		hj_text_free(&why);
	}
	return !pattern->compiled || pattern_match(pattern->compiled, name) != PATTERN_DIFFERS;
}

/* False: no memory. */
static bool add_conventions(struct settings *settings, struct config_file *file)
{
	static const char *const sections[HJ_CONFIG_PATTERNS] = {
		[HJ_CONFIG_TAG] = "tagOwners",
		[HJ_CONFIG_GROUP] = "groups",
		[HJ_CONFIG_HOST] = "hosts",
		[HJ_CONFIG_IPSET] = "ipsets",
		[HJ_CONFIG_POSTURE] = "postures",
	};
	bool ok = true;
	for (int i = 0; i < HJ_CONFIG_PATTERNS; i++) {
		hj_slice text = file->config.patterns[i].text;
		if (!text.data)
			continue;
		file->patterns[i].text = text;
		file->conventions[file->convention_count++] = (hj_convention){
			.section = sections[i],
			.pattern = hj_arena_copy(&settings->arena, text, &ok).data,
			.follows = follows,
			.context = &file->patterns[i],
		};
	}
	return ok;
}

static bool parse(struct settings *settings, struct config_file *file)
{
	hj_document *document;
	if (hj_parse(file->source, 0, &document))
		return false;
	if (hj_config_read(document, pattern_check, NULL, &file->findings, &file->config)) {
		hj_document_free(document);
		return false;
	}
	file->document = document;
	return add_conventions(settings, file);
}

/* Reads a configuration, unless it was read before. NULL: no memory. */
static struct config_file *load(struct settings *settings, const char *path, const char *folder)
{
	struct app *app = settings->app;
	for (struct config_file *file = settings->files; file; file = file->next)
		if (strcmp(file->path, path) == 0)
			return file;
	struct config_file *file = hj_arena_alloc(&settings->arena, sizeof *file);
	if (!file)
		return NULL;
	*file = (struct config_file){
		.path = keep(settings, path), .folder = keep(settings, folder)};
	if (!file->path || !file->folder)
		return NULL;
	hj_findings_init(&file->findings, app->allocator);
	file->next = settings->files;
	settings->files = file;
	struct input input;
	if (inputs_read(app, file->path, NULL, &input))
		file->source = input.source;
	return !file->source || parse(settings, file) ? file : NULL;
}

static bool exists(const char *folder, const char *name)
{
	char path[PATH_MAX + 16];
	int size = snprintf(path, sizeof path, "%s/%s", folder, name);
	return size > 0 && (size_t)size < sizeof path && access(path, F_OK) == 0;
}

/* Looks in a folder and those above. False: no memory. */
static bool search(struct settings *settings, const char *start)
{
	char folder[PATH_MAX], path[PATH_MAX + 16];
	settings->current = NULL;
	if (strlen(start) >= sizeof folder)
		return true;
	memcpy(folder, start, strlen(start) + 1);
	for (;;) {
		bool root = strcmp(folder, "/") == 0;
		if (exists(root ? "" : folder, HJ_CONFIG_NAME)) {
			snprintf(path, sizeof path, "%s/%s", root ? "" : folder, HJ_CONFIG_NAME);
			settings->current = load(settings, shown(path), folder);
			return settings->current;
		}
		if (root || exists(folder, ".git"))
			return true;
		char *slash = strrchr(folder, '/');
		slash[slash == folder] = '\0';
	}
}

/* The folder of a document, or a folder itself, without links. */
static void resolve(const char *path, char folder[PATH_MAX])
{
	char copy[PATH_MAX];
	struct stat st;
	const char *slash = strrchr(path, '/');
	size_t size = slash ? (size_t)(slash - path) + (slash == path) : 0;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		size = strlen(path);
	if (size >= sizeof copy)
		size = 0;
	memcpy(copy, path, size);
	copy[size] = '\0';
	if (!realpath(size ? copy : ".", folder) && !realpath(".", folder))
		memcpy(folder, "/", 2);
}

static bool find_file(struct settings *settings, const char *folder)
{
	const char *given = options_value(settings->arguments, "config");
	if (options_has(settings->arguments, "no-config"))
		return true;
	if (given) {
		char of[PATH_MAX];
		resolve(given, of);
		settings->current = load(settings, given, of);
		return settings->current;
	}
	if (settings->folder && strcmp(settings->folder, folder) == 0)
		return true;
	settings->folder = keep(settings, folder);
	return settings->folder && search(settings, folder);
}

/* -- what holds -------------------------------------------------------------------------------- */

static void settle_value(struct settings *settings, hj_config_value_of which, const char *option)
{
	const char *given = options_value(settings->arguments, option);
	if (given)
		settings->values[which] = (hj_config_value){hj_slice_str(given), HJ_NO_OFFSET};
}

static void settle(struct settings *settings, hj_slice path)
{
	const struct config_file *file = settings->current;
	bool good = file && file->document && !file->findings.count;
	hj_config_settle(good ? &file->config : NULL, path, settings->rules, settings->values);
	bool *ignored = settings->ignored + hj_rule_count();
	unsigned char *severities = (unsigned char *)(ignored + hj_rule_count());
	for (size_t i = 0, count = hj_rule_count(); i < count; i++) {
		hj_rule_setting *rule = &settings->rules[i];
		if (settings->selects)
			rule->on = settings->selected[i];
		if (settings->ignored[i])
			rule->on = false;
		if (settings->selects || settings->ignored[i])
			rule->offset = HJ_NO_OFFSET;
		ignored[i] = !rule->on;
		severities[i] = rule->severity;
	}
	settle_value(settings, HJ_CONFIG_FAIL_LEVEL, "fail-level");
	settle_value(settings, HJ_CONFIG_TAILNET, "tailnet");
	settle_value(settings, HJ_CONFIG_DIALECT, "dialect");
	if (options_has(settings->arguments, "fragment"))
		settings->values[HJ_CONFIG_FRAGMENT] =
			(hj_config_value){HJ_SLICE("true"), HJ_NO_OFFSET};
	hj_slice level = settings->values[HJ_CONFIG_FAIL_LEVEL].text;
	hj_slice fragment = settings->values[HJ_CONFIG_FRAGMENT].text;
	settings->fail_level = hj_slice_equal(level, HJ_SLICE("error")) ? HJ_ERROR_LEVEL
		: hj_slice_equal(level, HJ_SLICE("info"))               ? HJ_INFO_LEVEL
									: HJ_WARNING_LEVEL;
	settings->options.tailnet = settings->values[HJ_CONFIG_TAILNET].text;
	settings->options.headscale =
		hj_slice_equal(settings->values[HJ_CONFIG_DIALECT].text, HJ_SLICE("headscale"));
	settings->options.fragment = hj_slice_equal(fragment, HJ_SLICE("true")) ? HJ_FRAGMENT_YES
		: hj_slice_equal(fragment, HJ_SLICE("false"))                   ? HJ_FRAGMENT_NO
										: HJ_FRAGMENT_AUTO;
	settings->options.known = good ? &file->config.known : NULL;
	settings->options.conventions = good ? file->conventions : NULL;
	settings->options.convention_count = good ? file->convention_count : 0;
}

int settings_find(struct settings *settings, const char *path)
{
	char folder[PATH_MAX], whole[2 * PATH_MAX];
	if (strcmp(path, "-") == 0) {
		path = options_value(settings->arguments, "stdin-filename");
		if (!path)
			path = options_value(settings->arguments, "stdin-filepath");
	}
	resolve(path ? path : "", folder);
	if (!find_file(settings, folder))
		return app_out_of_memory(settings->app, path);
	const struct config_file *file = settings->current;
	const char *slash = path ? strrchr(path, '/') : NULL;
	snprintf(whole, sizeof whole, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder,
		slash          ? slash + 1
			: path ? path
			       : "");
	hj_slice relative = hj_slice_str(whole);
	size_t size = file ? strlen(file->folder) : 0;
	if (size > 1 && strncmp(whole, file->folder, size) == 0 && whole[size] == '/')
		size++;
	else if (size > 1)
		size = 0;
	relative.data += size, relative.size -= size;
	settle(settings, relative);
	return file && (!file->source || file->findings.count) ? EXIT_TROUBLE : EXIT_CLEAN;
}

const char *const *settings_extensions(struct settings *settings)
{
	static const char *const usual[] = {".hujson", ".jwcc"};
	const struct config_file *file = settings->current;
	size_t more = file && file->document ? file->config.extension_count : 0, count = 0;
	const char **list = hj_arena_alloc(&settings->arena, (more + 3) * sizeof *list);
	if (!more || !list)
		return NULL;
	while (count < 2) {
		list[count] = usual[count];
		count++;
	}
	bool ok = true;
	for (size_t i = 0; i < more; i++)
		list[count++] =
			hj_arena_copy(&settings->arena, file->config.extensions[i].text, &ok).data;
	list[ok ? count : 2] = NULL;
	return list;
}

int settings_each(struct app *app, const struct arguments *arguments, struct settings *settings,
	inputs_visit visit, void *context)
{
	static char standard[] = "-";
	char *only[] = {standard};
	size_t count = arguments->operand_count;
	struct inputs_options options = {.stdin_name = options_value(arguments, "stdin-filename")};
	int status = EXIT_CLEAN;
	for (size_t i = 0; i < count || i == 0; i++) {
		char *const *operand = count ? arguments->operands + i : only;
		int now = settings_find(settings, operand[0]);
		if (!now) {
			options.extensions = settings_extensions(settings);
			now = inputs_each(app, operand, 1, &options, visit, context);
		} else if (settings->current && settings->current->findings.count) {
			app_complain(app, settings->current->path,
				"has mistakes: `hujson lint` shows them");
		}
		status = now > status ? now : status;
	}
	return status;
}
