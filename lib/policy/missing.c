#include "policy/missing.h"

#include "base/suggest.h"
#include "policy/schema.h"

/* What is between the quotes of a name; one with escapes is no field's. */
static hj_slice name_at(const hj_policy *policy, uint32_t node)
{
	hj_slice token = hj_source_slice(hj_document_source(policy->document),
		hj_node_span(&hj_document_nodes(policy->document)[node]));
	return token.size < 2 ? HJ_SLICE("") : hj_slice_of(token.data + 1, token.size - 2);
}

/* As good as no value: null is not, for nobody knows what it means where it is not allowed. */
static bool is_nothing(const hj_policy *policy, uint32_t value, const hj_field *field)
{
	const hj_node *node = &hj_document_nodes(policy->document)[value];
	hj_kind kind = hj_node_kind(node);
	if (kind == HJ_NULL)
		return field->nullable || field->type->nullable;
	if (!hj_type_fits(field->type, kind))
		return false;
	return !hj_node_is_container(node) || node->next == value + 1;
}

uint32_t hj_lack(const hj_policy *policy, const char *section, uint32_t entry, const char *field)
{
	const hj_node *nodes = hj_document_nodes(policy->document);
	const hj_field *list = hj_field_find(&hj_policy_type, hj_slice_str(section));
	uint32_t place = entry;
	if (hj_node_kind(&nodes[entry]) != HJ_OBJECT)
		return place;
	for (uint32_t at = hj_node_first(entry); at < nodes[entry].next;
		at = nodes[nodes[at].next].next) {
		const hj_field *found = hj_field_find(list->type->item, name_at(policy, at));
		if (!found)
			return 0;
		if (strcmp(found->name, field) != 0)
			continue;
		if (!is_nothing(policy, nodes[at].next, found))
			return 0;
		place = nodes[at].next;
	}
	return place;
}

bool hj_misspells_section(const hj_policy *policy, const char *section)
{
	enum { MOST = 32 }; /* strangers that are looked at */
	const hj_node *nodes = hj_document_nodes(policy->document);
	unsigned strangers = 0;
	if (policy->regular || hj_node_kind(&nodes[0]) != HJ_OBJECT)
		return false;
	for (uint32_t at = hj_node_first(0); at < nodes[0].next && strangers < MOST;
		at = nodes[nodes[at].next].next) {
		hj_slice name = name_at(policy, at);
		if (hj_field_find(&hj_policy_type, name))
			continue;
		strangers++;
		hj_suggest suggest;
		hj_suggest_begin(&suggest, name);
		for (size_t i = 0; i < hj_policy_type.field_count; i++)
			hj_suggest_offer(&suggest, hj_slice_str(hj_policy_type.fields[i].name));
		if (hj_slice_equal(suggest.best, hj_slice_str(section)))
			return true;
	}
	return false;
}
