#include "change/convert.h"

#include "base/fold.h"
#include "change/convert_parts.h"
#include "policy/accept.h"
#include "syntax/string.h"

/* -- rules ------------------------------------------------------------------------------------- */

/* The grants behind the first, each with what parts it from the one before. */
static hj_status write_more(hj__convert *run, const hj__rule_read *rule, const hj__list *members,
	hj_slice line, bool comma, hj_text *out)
{
	hj_status status = HJ_OK;
	for (uint32_t k = 1; !status && k < rule->grant_count; k++) {
		hj_text_append(out, line);
		status = hj__grant_write(run, rule, members, k, out);
		if (comma || k + 1 < rule->grant_count)
			hj_text_byte(out, ',');
	}
	return status ? status : out->status;
}

/*
 * Rule number i of the section: the first grant takes its place, the others come behind it and behind
 * the comment that stands there.
 */
static hj_status rewrite_rule(hj__convert *run, const hj__list *rules, uint32_t i,
	const hj__rule_read *rule, const hj__list *members, hj_text *text, hj_edits *edits)
{
	const hj__list_item *item = &rules->items[i];
	const char *bytes = hj_document_source(run->document)->data;
	hj_span span = hj_node_span(&run->nodes[item->value]);
	bool comma = i + 1 < rules->count || rules->comma, more = rule->grant_count > 1;
	hj_text_clear(text);
	hj_status status = hj__grant_write(run, rule, members, 0, text);
	if (more && !comma)
		hj_text_byte(text, ',');
	if (!status)
		status = text->status;
	if (!status)
		hj_edits_add(edits, span, hj_text_slice(text));
	if (status || !more)
		return status;
	/* Without a comma nothing is between the rule and `behind`. */
	const char *at = item->trail.data + item->trail.size + comma;
	if (item->behind.size)
		at = item->behind.data + item->behind.size;
	uint32_t point = (uint32_t)(at - bytes);
	hj_text_clear(text);
	status = write_more(run, rule, members, hj__list_break(rules, i), comma, text);
	if (!status)
		hj_edits_add(edits, (hj_span){point, point}, hj_text_slice(text));
	return status;
}

static hj_status convert_rule(hj__convert *run, const hj__list *rules, uint32_t i,
	const hj_acl *acl, hj_text *text, hj_edits *edits)
{
	hj__list members;
	hj__rule_read rule;
	bool good;
	hj_status status = hj__list_read(run->document, acl->node, &run->arena, &members);
	if (!status)
		status = hj__rule_read_acl(run, acl, &members, &rule, &good);
	if (status || !good)
		return status;
	run->out->rules++;
	run->out->grants += rule.grant_count;
	return rewrite_rule(run, rules, i, &rule, &members, text, edits);
}

static hj_status convert_rules(hj__convert *run, const hj__list *rules, hj_edits *edits)
{
	const hj_acls *acls = &run->policy->acls;
	uint32_t bound = 0;
	hj_text text;
	hj_text_init(&text, run->allocator);
	hj_status status = HJ_OK;
	for (uint32_t i = 0; !status && i < rules->count; i++) {
		uint32_t node = rules->items[i].value;
		if (bound == acls->count || acls->items[bound].node != node)
			status = hj__obstacle(run, node, "this is no rule");
		else
			status = convert_rule(run, rules, i, &acls->items[bound++], &text, edits);
	}
	hj_text_free(&text);
	return status ? status : edits->status;
}

/* -- sections ---------------------------------------------------------------------------------- */

/* `bound`: the value that the policy has. One that it has not is no list, or stands twice. */
static hj_status find_section(hj__convert *run, const char *named, uint32_t bound, hj__section *out)
{
	const hj_node *nodes = run->nodes;
	hj_status status = HJ_OK;
	*out = (hj__section){0};
	if (hj_node_kind(nodes) != HJ_OBJECT)
		return HJ_OK;
	for (uint32_t at = hj_node_first(0); !status && at < nodes[0].next;
		at = nodes[nodes[at].next].next) {
		bool ok = true;
		hj_slice name = hj_string_value(run->document, at, &run->arena, &ok);
		if (!ok)
			return HJ_NO_MEMORY;
		if (!hj_slice_equal_folded(name, hj_slice_str(named)))
			continue;
		if (nodes[at].next != bound)
			status = hj__obstacle(run, at, "the section is no list, or stands twice");
		else
			*out = (hj__section){.name = at, .value = bound};
	}
	if (!status && out->value)
		status = hj__list_read(run->document, out->value, &run->arena, &out->list);
	return status;
}

static hj_status convert_sections(hj__convert *run, hj_edits *edits)
{
	hj__section acls, grants;
	hj_edits rules;
	hj_edits_init(&rules, run->allocator);
	hj_status status = find_section(run, "acls", run->policy->acls.node, &acls);
	if (!status && acls.name)
		status = find_section(run, "grants", run->policy->grants.node, &grants);
	if (!status && acls.name)
		status = convert_rules(run, &acls.list, &rules);
	if (!status && run->out->obstacle_count) {
		run->out->result = HJ_CONVERT_OBSTACLES;
	} else if (!status && !acls.name) {
		run->out->result = HJ_CONVERT_NOTHING;
	} else if (!status && grants.name) {
		status = hj__section_merge(run, &acls, &grants, &rules, edits);
	} else if (!status) {
		hj_edits_add(edits, hj_node_span(&run->nodes[acls.name]), HJ_SLICE("\"grants\""));
		for (size_t i = 0; i < rules.count; i++)
			hj_edits_add(edits, rules.items[i].span, rules.items[i].text);
		status = edits->status;
	}
	hj_edits_free(&rules);
	return status;
}

/* -- proof ------------------------------------------------------------------------------------- */

/* How often the service would refuse a policy, and the words of the first time. */
static hj_status count_refusals(
	hj__convert *run, const hj_policy *policy, size_t *count, hj_slice *words)
{
	hj_findings findings;
	bool ok = true;
	hj_findings_init(&findings, run->allocator);
	hj_status status = hj_accept(policy, NULL, &findings);
	*count = 0;
	for (size_t i = 0; !status && i < findings.count; i++) {
		const hj_finding *finding = &findings.items[i];
		if (!finding->refusal && finding->severity != HJ_ERROR_LEVEL)
			continue;
		if ((*count)++ == 0 && words)
			*words = hj_arena_copy(&run->out->arena, finding->message, &ok);
	}
	hj_findings_free(&findings);
	return ok ? status : HJ_NO_MEMORY;
}

static hj_status compare_access(hj__convert *run, const hj_policy *after)
{
	hj_world worlds[HJ_SIDES];
	const hj_policy *policies[HJ_SIDES] = {run->policy, after};
	hj_slice tailnet = {0};
	int built = 0;
	hj_status status = HJ_OK;
	for (; !status && built < HJ_SIDES; built++)
		status = hj_world_build(
			policies[built], NULL, tailnet, run->allocator, &worlds[built]);
	if (status)
		built--; /* the one that was not built */
	bool equal = false;
	if (!status)
		status = hj_difference_equal(
			&worlds[HJ_OLD], &worlds[HJ_NEW], 0, run->allocator, &equal);
	if (!status && !equal) {
		run->out->result = HJ_CONVERT_DIFFERS;
		status = hj_difference_find(&worlds[HJ_OLD], &worlds[HJ_NEW], NULL, run->allocator,
			&run->out->difference);
	}
	while (built > 0)
		hj_world_free(&worlds[--built]);
	return status;
}

static hj_status prove_policy(hj__convert *run, const hj_policy *after)
{
	size_t were, are;
	hj_slice words = {0};
	hj_status status = count_refusals(run, run->policy, &were, NULL);
	if (!status)
		status = count_refusals(run, after, &are, &words);
	if (status)
		return status;
	if (are && !were) {
		run->out->result = HJ_CONVERT_REFUSED;
		run->out->refusal = words;
		return HJ_OK;
	}
	return compare_access(run, after);
}

hj_status hj__conversion_prove(hj__convert *run, const hj_edits *edits)
{
	const hj_source *before = hj_document_source(run->document);
	hj_text text;
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_policy after;
	hj_text_init(&text, run->allocator);
	hj_status status = hj_edits_apply(
		edits->items, edits->count, hj_slice_of(before->data, before->size), &text);
	if (!status)
		status = hj_source_copy(run->allocator, NULL, hj_text_slice(&text), &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status && hj_document_error(document))
		status = HJ_SYNTAX;
	if (!status)
		status = hj_policy_bind(document, run->allocator, &after);
	if (!status) {
		status = prove_policy(run, &after);
		hj_policy_free(&after);
	}
	hj_document_free(document);
	hj_source_free(source);
	hj_text_free(&text);
	return status;
}

hj_status hj_convert_to_grants(
	const hj_policy *policy, const hj_allocator *allocator, hj_conversion *out)
{
	hj__convert run = {.policy = policy,
		.document = policy->document,
		.nodes = hj_document_nodes(policy->document),
		.out = out,
		.allocator = allocator};
	*out = (hj_conversion){.result = HJ_CONVERTED};
	hj_edits_init(&out->edits, allocator);
	hj_arena_init(&out->arena, allocator);
	hj_arena_init(&out->difference.arena, allocator);
	hj_arena_init(&run.arena, allocator);
	hj_status status = hj_document_error(policy->document)
		? HJ_SYNTAX
		: convert_sections(&run, &out->edits);
	if (!status && out->result == HJ_CONVERTED)
		status = hj__conversion_prove(&run, &out->edits);
	hj_arena_free(&run.arena);
	if (!status && out->result != HJ_CONVERTED) {
		hj_edits_free(&out->edits);
		hj_edits_init(&out->edits, allocator);
	}
	if (status)
		hj_conversion_free(out);
	return status;
}

void hj_conversion_free(hj_conversion *conversion)
{
	const hj_allocator *allocator = conversion->arena.allocator;
	hj_free(allocator, conversion->obstacles,
		conversion->obstacle_room * sizeof *conversion->obstacles);
	hj_edits_free(&conversion->edits);
	hj_difference_free(&conversion->difference);
	hj_arena_free(&conversion->arena);
	*conversion = (hj_conversion){0};
}
