#include "lint/config_parts.h"

#include "base/fold.h"
#include "lint/internal.h"
#include "syntax/string.h"

/* -- findings ---------------------------------------------------------------------------------- */

hj_finding *hj__config_report(hj_config_reader *reader, int rule, hj_span span, const char *before,
	hj_slice name, const char *after)
{
	size_t count;
	return hj_findings_add(reader->findings, &hj__config_rules(&count)[rule], span,
		"%s\"%.*s\"%s", before, HJ_SLICE_ARGS(name), after);
}

void hj__config_misfit(hj_config_reader *reader, hj_slice name, uint32_t value, const char *wants)
{
	hj_finding *finding = hj__config_report(reader, HJ_K_BAD_SETTING,
		hj_node_span(&reader->nodes[value]), "", name, " has a value that it cannot have");
	hj_finding_help(reader->findings, finding, "it has to be %s", wants);
}

hj_span hj__config_inside(const hj_config_reader *reader, uint32_t node)
{
	hj_span span = hj_node_span(&reader->nodes[node]);
	return hj_node_kind(&reader->nodes[node]) == HJ_STRING
		? (hj_span){span.start + 1, span.end - 1}
		: span;
}

void hj__config_suggest(
	hj_config_reader *reader, hj_finding *finding, uint32_t node, hj_slice nearest)
{
	if (nearest.size == 0)
		return;
	hj_finding_help(
		reader->findings, finding, "did you mean \"%.*s\"?", HJ_SLICE_ARGS(nearest));
	hj_finding_edit(reader->findings, finding, hj__config_inside(reader, node), nearest);
}

hj_slice hj__config_text(hj_config_reader *reader, uint32_t node)
{
	return hj_string_value(reader->document, node, &reader->config->arena, &reader->ok);
}

static bool is_string(const hj_config_reader *reader, uint32_t node)
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
	hj_config_reader *reader, hj_config_verb verb, uint32_t node, unsigned char severity)
{
	hj_slice word = hj__config_text(reader, node);
	hj_config_part *part = reader->part;
	if (!reader->ok)
		return;
	if (!means_rules(word)) {
		hj_finding *finding = hj__config_report(reader, HJ_K_BAD_SETTING,
			hj__config_inside(reader, node), "there is no rule ", word, "");
		hj__config_suggest(reader, finding, node, hj_slice_str(hj_rule_nearest(word)));
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
	hj_config_reader *reader, const hj_config_key *key, uint32_t list, uint32_t *at)
{
	for (*at = *at ? reader->nodes[*at].next : hj_node_first(list);
		*at < reader->nodes[list].next; *at = reader->nodes[*at].next) {
		if (is_string(reader, *at))
			return reader->ok ? *at : 0;
		hj__config_report(reader, HJ_K_BAD_SETTING, hj_node_span(&reader->nodes[*at]), "",
			hj_slice_str(key->name), " holds strings alone");
	}
	return 0;
}

bool hj__config_rule_list(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
{
	if (hj_node_kind(&reader->nodes[value]) != HJ_ARRAY)
		return false;
	if (key->which == HJ_CONFIG_SELECT)
		reader->part->select_offset = reader->nodes[value].start;
	for (uint32_t at = 0, node; (node = next_string(reader, key, value, &at));)
		add_choice(reader, (hj_config_verb)key->which, node, HJ_OWN_SEVERITY);
	return true;
}

bool hj__config_severity(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
{
	(void)key;
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
			hj__config_misfit(reader, hj__config_text(reader, name), level,
				"error, warning, info or off");
		else
			add_choice(reader, HJ_CONFIG_SEVERITY, name,
				i == 3 ? HJ_OWN_SEVERITY : (unsigned char)i);
	}
	return true;
}

/* -- values ------------------------------------------------------------------------------------ */

/* Is a value one of "a|b|c"? true and false are written without quotes. */
static bool is_choice(hj_config_reader *reader, const char *choices, uint32_t value)
{
	hj_slice text = is_string(reader, value)
		? hj__config_text(reader, value)
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

bool hj__config_value(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
{
	if (key->prefix ? !is_choice(reader, key->prefix, value) : !is_string(reader, value))
		return false;
	reader->part->values[key->which] = (hj_config_value){
		.text = is_string(reader, value)
			? hj__config_text(reader, value)
			: hj_source_slice(hj_document_source(reader->document),
				  hj_node_span(&reader->nodes[value])),
		.offset = reader->nodes[value].start,
	};
	return true;
}

bool hj__config_pattern(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
{
	if (!is_string(reader, value))
		return false;
	const hj_node *node = &reader->nodes[value];
	hj_slice pattern = hj__config_text(reader, value);
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
bool hj__config_known(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
{
	hj_arena *arena = &reader->config->arena;
	hj_slice prefix = hj_slice_str(key->prefix);
	if (hj_node_kind(&reader->nodes[value]) != HJ_ARRAY)
		return false;
	for (uint32_t at = 0, node; (node = next_string(reader, key, value, &at));) {
		hj_slice name = hj__config_text(reader, node);
		bool written = key->which;
		if (written && !hj_slice_starts(name, prefix)) {
			hj_finding *finding = hj__config_report(reader, HJ_K_BAD_SETTING,
				hj__config_inside(reader, node), "", name, " lacks its prefix");
			hj_finding_help(reader->findings, finding, "write \"%s%.*s\"", key->prefix,
				HJ_SLICE_ARGS(name));
			hj_span point = {hj__config_inside(reader, node).start,
				hj__config_inside(reader, node).start};
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
bool hj__config_extensions(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
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
		hj_slice text = hj__config_text(reader, node);
		if (text.size < 2 || text.data[0] != '.' || memchr(text.data, '/', text.size) ||
			memchr(text.data, '\0', text.size))
			hj__config_report(reader, HJ_K_BAD_SETTING, hj__config_inside(reader, node),
				"the ending of a file's name begins with a dot, and ", text,
				" is none");
		else
			config->extensions[config->extension_count++] =
				(hj_config_value){text, reader->nodes[node].start};
	}
	return true;
}

bool hj__config_globs(hj_config_reader *reader, const hj_config_key *key, uint32_t value)
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
		part->globs[part->glob_count++] = hj__config_text(reader, value);
	for (uint32_t at = 0, node;
		!one && reader->ok && (node = next_string(reader, key, value, &at));)
		part->globs[part->glob_count++] = hj__config_text(reader, node);
	if (reader->ok && reader->nodes[value].next == value + 1 && !one)
		hj_finding_help(reader->findings,
			hj__config_report(reader, HJ_K_BAD_SETTING,
				hj_node_span(&reader->nodes[value]), "", hj_slice_str(key->name),
				" names no file"),
			"write globs: \"parts/\", \"*.acl.hujson\"");
	return true;
}
