#include "lint/config.h"

#include "base/suggest.h"
#include "lint/config_parts.h"
#include "syntax/string.h"

/* -- objects ----------------------------------------------------------------------------------- */

static void read_object(hj_config_reader *reader, const hj_config_key *keys, size_t count, bool all,
	uint32_t object);
static bool read_patterns(hj_config_reader *reader, const hj_config_key *key, uint32_t value);
static bool read_external(hj_config_reader *reader, const hj_config_key *key, uint32_t value);
static bool read_per_file(hj_config_reader *reader, const hj_config_key *key, uint32_t value);

static const hj_config_key patterns[] = {
	{"tag", hj__config_pattern, "a pattern, in a string", HJ_CONFIG_TAG, NULL, false},
	{"group", hj__config_pattern, "a pattern, in a string", HJ_CONFIG_GROUP, NULL, false},
	{"host", hj__config_pattern, "a pattern, in a string", HJ_CONFIG_HOST, NULL, false},
	{"ipset", hj__config_pattern, "a pattern, in a string", HJ_CONFIG_IPSET, NULL, false},
	{"posture", hj__config_pattern, "a pattern, in a string", HJ_CONFIG_POSTURE, NULL, false},
};

/* `which`: the prefix is part of the name as people write it. */
static const hj_config_key external[] = {
	{"groups", hj__config_known, "a list of names", true, "group:", false},
	{"users", hj__config_known, "a list of logins", false, "user:", false},
	{"domains", hj__config_known, "a list of domains", false, "domain:", false},
	{"tags", hj__config_known, "a list of names", true, "tag:", false},
	{"hosts", hj__config_known, "a list of names", false, "host:", false},
	{"ipsets", hj__config_known, "a list of names", true, "ipset:", false},
	{"postures", hj__config_known, "a list of names", true, "posture:", false},
};

static const hj_config_key keys[] = {
	{"select", hj__config_rule_list, "a list of rules", HJ_CONFIG_SELECT, NULL, true},
	{"ignore", hj__config_rule_list, "a list of rules", HJ_CONFIG_IGNORE, NULL, true},
	{"severity", hj__config_severity, "an object: rules and their levels", 0, NULL, true},
	{"fail-level", hj__config_value, "error, warning or info", HJ_CONFIG_FAIL_LEVEL,
		"error|warning|info", false},
	{"patterns", read_patterns, "an object: kinds of names and their patterns", 0, NULL, false},
	{"external", read_external, "an object: kinds of names and lists of them", 0, NULL, false},
	{"tailnet", hj__config_value, "a domain or a login", HJ_CONFIG_TAILNET, NULL, true},
	{"dialect", hj__config_value, "tailscale or headscale", HJ_CONFIG_DIALECT,
		"tailscale|headscale", true},
	{"fragment", hj__config_value, "true, false or \"auto\"", HJ_CONFIG_FRAGMENT,
		"true|false|auto", true},
	{"extensions", hj__config_extensions, "a list of endings of file names", 0, NULL, false},
	{"per-file", read_per_file, "a list of objects", 0, NULL, false},
	{"files", hj__config_globs, "a glob or a list of globs", 0, NULL, true},
};
enum { KEYS = sizeof keys / sizeof *keys };

static bool read_patterns(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
{
	(void)key;
	if (hj_node_kind(&reader->nodes[value]) != HJ_OBJECT)
		return false;
	read_object(reader, patterns, sizeof patterns / sizeof *patterns, true, value);
	return true;
}

static bool read_external(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
{
	(void)key;
	if (hj_node_kind(&reader->nodes[value]) != HJ_OBJECT)
		return false;
	read_object(reader, external, sizeof external / sizeof *external, true, value);
	return true;
}

static hj_config_part *new_part(hj_config_reader *reader)
{
	hj_config_part *part = hj_arena_alloc(&reader->config->arena, sizeof *part);
	if (part)
		*part = (hj_config_part){.select_offset = HJ_NO_OFFSET};
	else
		reader->ok = false;
	return part;
}

static bool has_name(const hj_config_reader *reader, uint32_t object, hj_slice name)
{
	const hj_node *nodes = reader->nodes;
	for (uint32_t at = hj_node_first(object); at < nodes[object].next;
		at = nodes[nodes[at].next].next)
		if (hj_string_equals(reader->document, at, name))
			return true;
	return false;
}

static bool read_per_file(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
{
	const hj_node *nodes = reader->nodes;
	hj_config_part *last = &reader->config->all;
	if (hj_node_kind(&nodes[value]) != HJ_ARRAY)
		return false;
	for (uint32_t at = hj_node_first(value); reader->ok && at < nodes[value].next;
		at = nodes[at].next) {
		if (hj_node_kind(&nodes[at]) != HJ_OBJECT) {
			hj__config_report(reader, HJ_K_BAD_SETTING, hj_node_span(&nodes[at]), "",
				hj_slice_str(key->name), " holds objects alone");
			continue;
		}
		hj_config_part *part = reader->part = new_part(reader);
		if (!part)
			break;
		read_object(reader, keys, KEYS, false, at);
		last = last->next = part;
		if (reader->ok && !has_name(reader, at, HJ_SLICE("files")))
			hj_finding_help(reader->findings,
				hj__config_report(reader, HJ_K_BAD_SETTING,
					(hj_span){nodes[at].start, nodes[at].start + 1}, "",
					HJ_SLICE("files"), " is missing here"),
				"say which files are meant: \"files\": [\"parts/\"]");
	}
	reader->part = &reader->config->all;
	return true;
}

static bool belongs(const hj_config_key *key, bool all)
{
	return all ? key->read != hj__config_globs : key->everywhere;
}

static void list_names(hj_config_reader *reader, hj_finding *finding, const hj_config_key *known,
	size_t count, bool all)
{
	hj_text names;
	hj_text_init(&names, reader->config->arena.allocator);
	for (size_t i = 0; i < count; i++)
		if (belongs(&known[i], all))
			hj_text_printf(&names, "%s%s", names.size ? ", " : "", known[i].name);
	if (names.status)
		reader->ok = false;
	else
		hj_finding_help(reader->findings, finding, "the settings here are %.*s",
			(int)names.size, names.data);
	hj_text_free(&names);
}

static void report_unknown(
	hj_config_reader *reader, const hj_config_key *known, size_t count, bool all, uint32_t name)
{
	hj_suggest suggest;
	hj_slice text = hj__config_text(reader, name);
	hj_suggest_begin(&suggest, text);
	for (size_t i = 0; i < count; i++)
		if (belongs(&known[i], all))
			hj_suggest_offer(&suggest, hj_slice_str(known[i].name));
	bool elsewhere = false;
	for (size_t i = 0; i < count; i++)
		elsewhere |= hj_slice_equal(text, hj_slice_str(known[i].name));
	hj_finding *finding = hj__config_report(reader, HJ_K_UNKNOWN_SETTING,
		hj__config_inside(reader, name), "", text,
		!elsewhere    ? " is no setting"
			: all ? " belongs in an entry of \"per-file\""
			      : " cannot be set for some files alone");
	if (suggest.best.size && !elsewhere)
		hj__config_suggest(reader, finding, name, suggest.best);
	else if (!elsewhere)
		list_names(reader, finding, known, count, all);
}

static void read_object(hj_config_reader *reader, const hj_config_key *known, size_t count,
	bool all, uint32_t object)
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
			hj__config_misfit(
				reader, hj_slice_str(known[i].name), value, known[i].wants);
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
	hj_config_reader reader = {
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
			hj__config_report(&reader, HJ_K_BAD_SETTING, hj_node_span(&reader.nodes[0]),
				"a configuration is an object with settings like ",
				HJ_SLICE("ignore"), "");
		for (size_t i = 0; i < findings->count; i++)
			if (findings->items[i].help.size == 0)
				findings->items[i].help =
					hj_slice_str(findings->items[i].rule->fix);
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
