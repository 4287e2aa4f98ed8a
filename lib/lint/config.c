#include "lint/config.h"

#include "base/fold.h"
#include "base/suggest.h"
#include "lint/config_rules.h"
#include "lint/internal.h"
#include "syntax/string.h"

typedef struct config_reader {
	const hj_document *document;
	const hj_node *nodes;
	hj_findings *findings;
	hj_config *config;
	hj_config_part *part; /* that is being read */
	hj_pattern_check check;
	void *context;
	bool ok; /* false: memory was out */
} config_reader;

typedef struct config_key {
	const char *name;
	/* False: the value is of the wrong kind, which the caller says. */
	bool (*read)(config_reader *reader, const struct config_key *key, uint32_t value);
	const char *wants; /* what the value has to be */
	int which;         /* for `read` */
	const char *prefix;
	bool everywhere; /* may stand in an entry of "per-file" too */
} config_key;

/* -- findings ---------------------------------------------------------------------------------- */

static hj_finding *report(config_reader *reader, int rule, hj_span span, const char *before,
	hj_slice name, const char *after)
{
	size_t count;
	return hj_findings_add(reader->findings, &hj__config_rules(&count)[rule], span,
		"%s\"%.*s\"%s", before, HJ_SLICE_ARGS(name), after);
}

static hj_span inside(const config_reader *reader, uint32_t node)
{
	hj_span span = hj_node_span(&reader->nodes[node]);
	return hj_node_kind(&reader->nodes[node]) == HJ_STRING
		? (hj_span){span.start + 1, span.end - 1}
		: span;
}

static void suggest_name(
	config_reader *reader, hj_finding *finding, uint32_t node, hj_slice nearest)
{
	if (nearest.size == 0)
		return;
	hj_finding_help(
		reader->findings, finding, "did you mean \"%.*s\"?", HJ_SLICE_ARGS(nearest));
	hj_finding_edit(reader->findings, finding, inside(reader, node), nearest);
}

static hj_slice text_of(config_reader *reader, uint32_t node)
{
	return hj_string_value(reader->document, node, &reader->config->arena, &reader->ok);
}

static bool is_string(const config_reader *reader, uint32_t node)
{
	return hj_node_kind(&reader->nodes[node]) == HJ_STRING;
}

/* -- words ------------------------------------------------------------------------------------- */

static bool means_rules(hj_slice word)
{
	bool any = hj_rule_find(word) || hj_slice_equal(word, HJ_SLICE("all")) ||
		hj_slice_equal(word, HJ_SLICE("default"));
	for (size_t i = 0, count = hj_rule_count(); !any && i < count; i++)
		any = hj__begins_code(word, hj_rule_at(i));
	return any;
}

/* Adds a word that means rules. */
static void add_choice(
	config_reader *reader, hj_config_verb verb, uint32_t node, unsigned char severity)
{
	hj_slice word = text_of(reader, node);
	hj_config_part *part = reader->part;
	if (!reader->ok)
		return;
	if (!means_rules(word)) {
		hj_finding *finding = report(reader, HJ_K_BAD_SETTING, inside(reader, node),
			"there is no rule ", word, "");
		suggest_name(reader, finding, node, hj_slice_str(hj_rule_nearest(word)));
		return;
	}
	if (part->choice_count == part->choice_capacity) {
		size_t capacity = part->choice_capacity ? 2 * part->choice_capacity : 8;
		hj_config_choice *more =
			hj_arena_alloc(&reader->config->arena, capacity * sizeof *more);
		if (!more) {
			reader->ok = false;
			return;
		}
		if (part->choice_count)
			memcpy(more, part->choices, part->choice_count * sizeof *more);
		part->choices = more;
		part->choice_capacity = capacity;
	}
	part->choices[part->choice_count++] = (hj_config_choice){
		.verb = verb,
		.word = word,
		.severity = severity,
		.offset = reader->nodes[node].start,
	};
}

/* Goes through a list of strings: start with *at = 0; 0 after the last. */
static uint32_t next_string(
	config_reader *reader, const config_key *key, uint32_t list, uint32_t *at)
{
	for (*at = *at ? reader->nodes[*at].next : hj_node_first(list);
		*at < reader->nodes[list].next; *at = reader->nodes[*at].next) {
		if (is_string(reader, *at))
			return reader->ok ? *at : 0;
		report(reader, HJ_K_BAD_SETTING, hj_node_span(&reader->nodes[*at]), "",
			hj_slice_str(key->name), " holds strings alone");
	}
	return 0;
}

static bool read_rules(config_reader *reader, const config_key *key, uint32_t value)
{
	if (hj_node_kind(&reader->nodes[value]) != HJ_ARRAY)
		return false;
	if (key->which == HJ_CONFIG_SELECT)
		reader->part->select_offset = reader->nodes[value].start;
	for (uint32_t at = 0, node; (node = next_string(reader, key, value, &at));)
		add_choice(reader, (hj_config_verb)key->which, node, HJ_OWN_SEVERITY);
	return true;
}

static bool read_severity(config_reader *reader, const config_key *key, uint32_t value)
{
	static const char *const levels[] = {"error", "warning", "info", "off"};
	const hj_node *nodes = reader->nodes;
	if (hj_node_kind(&nodes[value]) != HJ_OBJECT)
		return false;
	for (uint32_t name = hj_node_first(value); reader->ok && name < nodes[value].next;
		name = nodes[nodes[name].next].next) {
		uint32_t level = nodes[name].next;
		int i = 0;
		while (i < 4 &&
			!(is_string(reader, level) &&
				hj_string_equals(reader->document, level, hj_slice_str(levels[i]))))
			i++;
		if (i == 4)
			report(reader, HJ_K_BAD_SETTING, hj_node_span(&nodes[level]), "a level of ",
				hj_slice_str(key->name), " is error, warning, info or off");
		else
			add_choice(reader, HJ_CONFIG_SEVERITY, name,
				i == 3 ? HJ_OWN_SEVERITY : (unsigned char)i);
	}
	return true;
}

/* -- values ------------------------------------------------------------------------------------ */

/* Is a value one of "a|b|c"? true and false are written without quotes. */
static bool is_choice(config_reader *reader, const char *choices, uint32_t value)
{
	hj_slice text = is_string(reader, value)
		? text_of(reader, value)
		: hj_source_slice(hj_document_source(reader->document),
			  hj_node_span(&reader->nodes[value]));
	for (const char *at = choices; at;) {
		const char *bar = strchr(at, '|');
		hj_slice choice = hj_slice_of(at, bar ? (size_t)(bar - at) : strlen(at));
		bool literal = hj_slice_equal(choice, HJ_SLICE("true")) ||
			hj_slice_equal(choice, HJ_SLICE("false"));
		if (hj_slice_equal(choice, text) && literal != is_string(reader, value))
			return true;
		at = bar ? bar + 1 : NULL;
	}
	return false;
}

static bool read_value(config_reader *reader, const config_key *key, uint32_t value)
{
	if (key->prefix ? !is_choice(reader, key->prefix, value) : !is_string(reader, value))
		return false;
	reader->part->values[key->which] = (hj_config_value){
		.text = is_string(reader, value)
			? text_of(reader, value)
			: hj_source_slice(hj_document_source(reader->document),
				  hj_node_span(&reader->nodes[value])),
		.offset = reader->nodes[value].start,
	};
	return true;
}

static bool read_pattern(config_reader *reader, const config_key *key, uint32_t value)
{
	if (!is_string(reader, value))
		return false;
	const hj_node *node = &reader->nodes[value];
	hj_slice pattern = text_of(reader, value);
	if (!reader->ok)
		return true;
	hj_text why;
	hj_text_init(&why, reader->config->arena.allocator);
	size_t offset = 0;
	if (reader->check && !reader->check(reader->context, pattern, &why, &offset)) {
		hj_span span = hj_node_span(node);
		size_t count;
		if (!(node->bits & HJ_ESCAPED) && offset <= pattern.size)
			span.start = span.end = node->start + 1 + (uint32_t)offset;
		if (why.status)
			reader->ok = false;
		else
			hj_findings_add(reader->findings,
				&hj__config_rules(&count)[HJ_K_BAD_PATTERN], span,
				"the pattern for \"%s\" cannot be compiled: %.*s", key->name,
				HJ_SLICE_ARGS(hj_text_slice(&why)));
	} else {
		reader->config->patterns[key->which] = (hj_config_value){pattern, node->start};
	}
	hj_text_free(&why);
	return true;
}

/* Names that are known: kept with a prefix, whether or not it is written. */
static bool read_known(config_reader *reader, const config_key *key, uint32_t value)
{
	hj_arena *arena = &reader->config->arena;
	hj_slice prefix = hj_slice_str(key->prefix);
	if (hj_node_kind(&reader->nodes[value]) != HJ_ARRAY)
		return false;
	for (uint32_t at = 0, node; (node = next_string(reader, key, value, &at));) {
		hj_slice name = text_of(reader, node);
		bool written = key->which;
		if (written && !hj_slice_starts(name, prefix)) {
			hj_finding *finding = report(reader, HJ_K_BAD_SETTING, inside(reader, node),
				"", name, " lacks its prefix");
			hj_finding_help(reader->findings, finding, "write \"%s%.*s\"", key->prefix,
				HJ_SLICE_ARGS(name));
			hj_span point = {inside(reader, node).start, inside(reader, node).start};
			hj_finding_edit(reader->findings, finding, point, prefix);
			continue;
		}
		if (!written && reader->ok) {
			char *whole = hj_arena_alloc(arena, prefix.size + name.size + 1);
			if (!whole) {
				reader->ok = false;
				return true;
			}
			memcpy(whole, prefix.data, prefix.size);
			if (name.size)
				memcpy(whole + prefix.size, name.data, name.size);
			name = hj_slice_of(whole, prefix.size + name.size);
		}
		if (hj_slice_starts(name, HJ_SLICE("tag:")))
			name = hj_slice_folded(name, arena, &reader->ok);
		if (!reader->ok || hj_map_put(&reader->config->known, name, 0, NULL, NULL))
			reader->ok = false;
	}
	return true;
}

/* A list of strings of which the caller knows what they mean. */
static bool read_extensions(config_reader *reader, const config_key *key, uint32_t value)
{
	hj_config *config = reader->config;
	if (hj_node_kind(&reader->nodes[value]) != HJ_ARRAY)
		return false;
	size_t room = reader->nodes[value].next - value;
	config->extensions = hj_arena_alloc(&config->arena, room * sizeof *config->extensions);
	config->extension_count = 0;
	if (!config->extensions)
		reader->ok = false;
	for (uint32_t at = 0, node; reader->ok && (node = next_string(reader, key, value, &at));) {
		hj_slice text = text_of(reader, node);
		if (text.size < 2 || text.data[0] != '.' || memchr(text.data, '/', text.size) ||
			memchr(text.data, '\0', text.size))
			report(reader, HJ_K_BAD_SETTING, inside(reader, node),
				"the ending of a file's name begins with a dot, and ", text,
				" is none");
		else
			config->extensions[config->extension_count++] =
				(hj_config_value){text, reader->nodes[node].start};
	}
	return true;
}

static bool read_globs(config_reader *reader, const config_key *key, uint32_t value)
{
	hj_config_part *part = reader->part;
	bool one = is_string(reader, value);
	if (!one && hj_node_kind(&reader->nodes[value]) != HJ_ARRAY)
		return false;
	size_t room = one ? 1 : reader->nodes[value].next - value;
	part->globs = hj_arena_alloc(&reader->config->arena, room * sizeof *part->globs);
	part->glob_count = 0;
	if (!part->globs)
		reader->ok = false;
	else if (one)
		part->globs[part->glob_count++] = text_of(reader, value);
	for (uint32_t at = 0, node;
		!one && reader->ok && (node = next_string(reader, key, value, &at));)
		part->globs[part->glob_count++] = text_of(reader, node);
	return true;
}

/* -- objects ----------------------------------------------------------------------------------- */

static void read_object(
	config_reader *reader, const config_key *keys, size_t count, bool all, uint32_t object);
static bool read_patterns(config_reader *reader, const config_key *key, uint32_t value);
static bool read_external(config_reader *reader, const config_key *key, uint32_t value);
static bool read_per_file(config_reader *reader, const config_key *key, uint32_t value);

static const config_key patterns[] = {
	{"tag", read_pattern, "a pattern, in a string", HJ_CONFIG_TAG, NULL, false},
	{"group", read_pattern, "a pattern, in a string", HJ_CONFIG_GROUP, NULL, false},
	{"host", read_pattern, "a pattern, in a string", HJ_CONFIG_HOST, NULL, false},
	{"ipset", read_pattern, "a pattern, in a string", HJ_CONFIG_IPSET, NULL, false},
	{"posture", read_pattern, "a pattern, in a string", HJ_CONFIG_POSTURE, NULL, false},
};

/* `which`: the prefix is part of the name as people write it. */
static const config_key external[] = {
	{"groups", read_known, "a list of names", true, "group:", false},
	{"users", read_known, "a list of logins", false, "user:", false},
	{"domains", read_known, "a list of domains", false, "domain:", false},
	{"tags", read_known, "a list of names", true, "tag:", false},
	{"hosts", read_known, "a list of names", false, "host:", false},
	{"ipsets", read_known, "a list of names", true, "ipset:", false},
	{"postures", read_known, "a list of names", true, "posture:", false},
};

static const config_key keys[] = {
	{"select", read_rules, "a list of rules", HJ_CONFIG_SELECT, NULL, true},
	{"ignore", read_rules, "a list of rules", HJ_CONFIG_IGNORE, NULL, true},
	{"severity", read_severity, "an object: rules and their levels", 0, NULL, true},
	{"fail-level", read_value, "error, warning or info", HJ_CONFIG_FAIL_LEVEL,
		"error|warning|info", false},
	{"patterns", read_patterns, "an object: kinds of names and their patterns", 0, NULL, false},
	{"external", read_external, "an object: kinds of names and lists of them", 0, NULL, false},
	{"tailnet", read_value, "a domain or a login", HJ_CONFIG_TAILNET, NULL, true},
	{"dialect", read_value, "tailscale or headscale", HJ_CONFIG_DIALECT, "tailscale|headscale",
		true},
	{"fragment", read_value, "true, false or \"auto\"", HJ_CONFIG_FRAGMENT, "true|false|auto",
		true},
	{"extensions", read_extensions, "a list of endings of file names", 0, NULL, false},
	{"per-file", read_per_file, "a list of objects", 0, NULL, false},
	{"files", read_globs, "a glob or a list of globs", 0, NULL, true},
};
enum { KEYS = sizeof keys / sizeof *keys };

static bool read_patterns(config_reader *reader, const config_key *key, uint32_t value)
{
	(void)key;
	if (hj_node_kind(&reader->nodes[value]) != HJ_OBJECT)
		return false;
	read_object(reader, patterns, sizeof patterns / sizeof *patterns, true, value);
	return true;
}

static bool read_external(config_reader *reader, const config_key *key, uint32_t value)
{
	(void)key;
	if (hj_node_kind(&reader->nodes[value]) != HJ_OBJECT)
		return false;
	read_object(reader, external, sizeof external / sizeof *external, true, value);
	return true;
}

static hj_config_part *new_part(config_reader *reader)
{
	hj_config_part *part = hj_arena_alloc(&reader->config->arena, sizeof *part);
	if (part)
		*part = (hj_config_part){.select_offset = HJ_NO_OFFSET};
	else
		reader->ok = false;
	return part;
}

static bool read_per_file(config_reader *reader, const config_key *key, uint32_t value)
{
	const hj_node *nodes = reader->nodes;
	hj_config_part *last = &reader->config->all;
	if (hj_node_kind(&nodes[value]) != HJ_ARRAY)
		return false;
	for (uint32_t at = hj_node_first(value); reader->ok && at < nodes[value].next;
		at = nodes[at].next) {
		if (hj_node_kind(&nodes[at]) != HJ_OBJECT) {
			report(reader, HJ_K_BAD_SETTING, hj_node_span(&nodes[at]), "",
				hj_slice_str(key->name), " holds objects alone");
			continue;
		}
		hj_config_part *part = reader->part = new_part(reader);
		if (!part)
			break;
		read_object(reader, keys, KEYS, false, at);
		last = last->next = part;
		if (!part->globs && reader->ok)
			report(reader, HJ_K_BAD_SETTING,
				(hj_span){nodes[at].start, nodes[at].start + 1}, "",
				HJ_SLICE("files"), " is missing here: which files are meant?");
	}
	reader->part = &reader->config->all;
	return true;
}

static bool belongs(const config_key *key, bool all)
{
	return all ? key->read != read_globs : key->everywhere;
}

static void report_unknown(
	config_reader *reader, const config_key *known, size_t count, bool all, uint32_t name)
{
	hj_suggest suggest;
	hj_slice text = text_of(reader, name);
	hj_suggest_begin(&suggest, text);
	for (size_t i = 0; i < count; i++)
		if (belongs(&known[i], all))
			hj_suggest_offer(&suggest, hj_slice_str(known[i].name));
	bool elsewhere = false;
	for (size_t i = 0; i < count; i++)
		elsewhere |= hj_slice_equal(text, hj_slice_str(known[i].name));
	hj_finding *finding = report(reader, HJ_K_UNKNOWN_SETTING, inside(reader, name), "", text,
		!elsewhere    ? " is no setting"
			: all ? " belongs in an entry of \"per-file\""
			      : " cannot be set for some files alone");
	if (!elsewhere)
		suggest_name(reader, finding, name, suggest.best);
}

static void read_object(
	config_reader *reader, const config_key *known, size_t count, bool all, uint32_t object)
{
	const hj_node *nodes = reader->nodes;
	for (uint32_t name = hj_node_first(object); reader->ok && name < nodes[object].next;
		name = nodes[nodes[name].next].next) {
		size_t i = 0;
		while (i < count &&
			!(belongs(&known[i], all) &&
				hj_string_equals(
					reader->document, name, hj_slice_str(known[i].name))))
			i++;
		uint32_t value = nodes[name].next;
		if (i == count) {
			report_unknown(reader, known, count, all, name);
		} else if (!known[i].read(reader, &known[i], value)) {
			hj_finding *finding = report(reader, HJ_K_BAD_SETTING,
				hj_node_span(&nodes[value]), "", hj_slice_str(known[i].name),
				" has a value that it cannot have");
			hj_finding_help(
				reader->findings, finding, "it has to be %s", known[i].wants);
		}
	}
}

/* -- the whole --------------------------------------------------------------------------------- */

/* Syntax errors and names that stand twice, found as in any document. */
static hj_status lint_text(const hj_document *document, hj_findings *findings)
{
	size_t count = hj_rule_count();
	bool *ignored = hj_alloc(findings->arena.allocator, count);
	if (!ignored)
		return HJ_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const hj_rule *rule = hj_rule_at(i);
		ignored[i] = rule->code[0] != 'S' && strcmp(rule->code, "D001") != 0;
	}
	hj_status status = hj_lint(
		document, &(hj_lint_options){.ignored = ignored, .unsuppressed = true}, findings);
	hj_free(findings->arena.allocator, ignored, count);
	return status;
}

hj_status hj_config_read(const hj_document *document, hj_pattern_check check, void *context,
	hj_findings *findings, hj_config *out)
{
	*out = (hj_config){.all = {.select_offset = HJ_NO_OFFSET}};
	hj_map_init(&out->known, findings->arena.allocator);
	hj_arena_init(&out->arena, findings->arena.allocator);
	config_reader reader = {
		.document = document,
		.nodes = hj_document_nodes(document),
		.findings = findings,
		.config = out,
		.part = &out->all,
		.check = check,
		.context = context,
		.ok = true,
	};
	hj_status status = lint_text(document, findings);
	if (!status && !hj_document_error(document)) {
		if (hj_node_kind(&reader.nodes[0]) == HJ_OBJECT)
			read_object(&reader, keys, KEYS, true, 0);
		else
			report(&reader, HJ_K_BAD_SETTING, hj_node_span(&reader.nodes[0]),
				"a configuration is an object with settings like ",
				HJ_SLICE("ignore"), "");
		status = reader.ok ? findings->status : HJ_NO_MEMORY;
		hj_findings_sort(findings);
	}
	if (status)
		hj_config_free(out);
	return status;
}

void hj_config_free(hj_config *config)
{
	hj_map_free(&config->known);
	hj_arena_free(&config->arena);
}
