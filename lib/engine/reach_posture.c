/*
 * Postures: does the source's device meet them (policy language 7)?
 */
#include "engine/reach_parts.h"

/* -- building ------------------------------------------------------------------------------------- */

static void read_conditions(hj_reach *reach, hj__posture *posture, const hj_words *words)
{
	*posture = (hj__posture){0};
	posture->conditions = hj__reach_room(reach, words->count, sizeof *posture->conditions);
	for (uint32_t i = 0; posture->conditions && i < words->count; i++) {
		size_t at;
		const char *what;
		hj_slice text = hj_trim(words->items[i].text);
		if (hj_condition_parse(text, &posture->conditions[posture->count], &at, &what))
			posture->count++;
		else if (hj_is_template(text))
			posture->uncertain = true;
		else
			posture->broken = true;
	}
}

void hj__postures_build(hj_reach *reach)
{
	const hj_entries *postures = &reach->world->policy->postures;
	hj_map_init(&reach->posture_of, reach->allocator);
	reach->postures = hj__reach_room(reach, postures->count, sizeof *reach->postures);
	for (uint32_t i = 0; reach->postures && i < postures->count; i++) {
		const hj_entry *entry = &postures->items[i];
		read_conditions(reach, &reach->postures[i], &entry->words);
		if (hj_map_put(&reach->posture_of, hj_trim(entry->name.text), i, NULL, NULL))
			reach->status = HJ_NO_MEMORY;
	}
}

/* -- conditions ----------------------------------------------------------------------------------- */

static int compare_slices(hj_slice a, hj_slice b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size ? memcmp(a.data, b.data, size) : 0;
	return order ? order : a.size < b.size ? -1 : a.size > b.size;
}

static const hj_device_attribute *find_attribute(
	const hj_device_attribute *items, uint32_t count, hj_slice name)
{
	uint32_t from = 0, to = count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (compare_slices(items[middle].name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < count && hj_slice_equal(items[from].name, name) ? &items[from] : NULL;
}

/* -?digits[.digits], exact where a double can be: up to 2^53, and 22 digits behind the point. */
static double read_number(hj_slice digits)
{
	double value = 0, scale = 1;
	bool minus = digits.size && digits.data[0] == '-', point = false;
	for (size_t i = minus; i < digits.size; i++) {
		if (digits.data[i] == '.') {
			point = true;
			continue;
		}
		value = value * 10 + (digits.data[i] - '0');
		scale *= point ? 10 : 1;
	}
	return (minus ? -value : value) / scale;
}

static int compare_numbers(double a, double b)
{
	return a < b ? -1 : a > b;
}

/* *order: the attribute's value against a condition's. False: they are of different types. */
static bool compare_value(const hj_device_attribute *attribute, hj_value_type type, hj_slice value,
	bool version, int *order)
{
	switch (type) {
	case HJ_VALUE_STRING:
		*order = version ? hj_version_compare(attribute->text, value)
				 : compare_slices(attribute->text, value);
		return attribute->type == HJ_FACT_TEXT;
	case HJ_VALUE_NUMBER:
		*order = compare_numbers(attribute->number, read_number(value));
		return attribute->type == HJ_FACT_NUMBER;
	case HJ_VALUE_BOOLEAN:
		*order = attribute->truth != (value.size == 4);
		return attribute->type == HJ_FACT_BOOLEAN;
	default: return false;
	}
}

/* Numbers and versions alone have an order. */
static bool is_ordered(
	const hj_device_attribute *attribute, bool version, int order, hj_operator operation)
{
	if (attribute->type != HJ_FACT_NUMBER && !version)
		return false;
	switch (operation) {
	case HJ_LESS: return order < 0;
	case HJ_AT_MOST: return order <= 0;
	case HJ_AT_LEAST: return order >= 0;
	default: return order > 0;
	}
}

/*
 * An attribute that is not set meets nothing but NOT SET. A value of another type equals none, so !=
 * and NOT IN hold.
 */
static bool holds(const hj_condition *condition, const hj_device_attribute *attribute)
{
	const hj_attribute *known = hj_attribute_find(condition->attribute);
	bool version = known && known->type == HJ_VALUE_VERSION, is_in = false;
	hj_slice rest = condition->values, value;
	hj_value_type type;
	int order;
	if (!attribute)
		return condition->operation == HJ_NOT_SET;
	switch (condition->operation) {
	case HJ_NOT_SET: return false;
	case HJ_IS_SET: return true;
	case HJ_IS_TRUE: return attribute->type == HJ_FACT_BOOLEAN && attribute->truth;
	case HJ_EQUAL:
	case HJ_NOT_EQUAL:
	case HJ_IN:
	case HJ_NOT_IN:
		while (!is_in && hj_condition_value(&rest, &type, &value))
			is_in = compare_value(attribute, type, value, version, &order) &&
				order == 0;
		return is_in == (condition->operation == HJ_EQUAL || condition->operation == HJ_IN);
	default:
		return hj_condition_value(&rest, &type, &value) &&
			compare_value(attribute, type, value, version, &order) &&
			is_ordered(attribute, version, order, condition->operation);
	}
}

static hj_truth judge(const hj__posture *posture, const hj_device_attribute *attributes,
	uint32_t count, bool all_known)
{
	hj_truth truth = posture->broken ? HJ_NO : posture->uncertain ? HJ_MAYBE : HJ_YES;
	for (uint32_t i = 0; i < posture->count && truth != HJ_NO; i++) {
		const hj_condition *condition = &posture->conditions[i];
		const hj_device_attribute *attribute =
			find_attribute(attributes, count, condition->attribute);
		if (!attribute && !all_known)
			truth = HJ_MAYBE;
		else if (!holds(condition, attribute))
			truth = HJ_NO;
	}
	return truth;
}

/* -- devices -------------------------------------------------------------------------------------- */

/* A device of which the inventory says no attribute has some all the same. */
static hj_truth judge_device(const hj_reach *reach, const hj__posture *posture, uint32_t at)
{
	const hj_device *device = &reach->world->inventory->devices[at];
	return judge(
		posture, device->attributes, device->attribute_count, device->attribute_count > 0);
}

/* What all its devices have in common. */
static hj_truth judge_devices(const hj_reach *reach, const hj__posture *posture, hj_ids devices)
{
	hj_truth truth = judge_device(reach, posture, devices.items[0]);
	for (uint32_t i = 1; i < devices.count && truth != HJ_MAYBE; i++)
		if (judge_device(reach, posture, devices.items[i]) != truth)
			truth = HJ_MAYBE;
	return truth;
}

/* Shared devices and hosts behind a router have no posture to look at, and pass. */
static bool is_exempt(const hj__party *party)
{
	return party->external ||
		(party->subject.kind == HJ_SUBJECT_RANGE &&
			!hj_tailnet_contains(party->subject.range));
}

static hj_truth judge_party(const hj_reach *reach, const hj__posture *posture,
	const hj__party *party, const hj_origin *origin)
{
	if (is_exempt(party))
		return HJ_YES;
	if (origin->attributes_known || origin->attribute_count)
		return judge(posture, origin->attributes, origin->attribute_count,
			origin->attributes_known);
	if (party->device != HJ_NONE)
		return judge_device(reach, posture, party->device);
	if (party->devices.count)
		return judge_devices(reach, posture, party->devices);
	return judge(posture, NULL, 0, false);
}

/* -- questions ------------------------------------------------------------------------------------ */

static hj__answer meets(hj_reach *reach, const hj__posture *posture, hj_slice name,
	const hj__party *party, const hj_origin *origin, bool list)
{
	hj__answer answer = {judge_party(reach, posture, party, origin), HJ_NONE};
	if (answer.truth != HJ_MAYBE || !hj__facts_wanted(reach, list))
		return answer;
	hj_text *sentence = hj__fact_begin(reach);
	hj_text_str(sentence, "the device meets ");
	hj_text_append(sentence, name);
	return hj__fact_end(reach);
}

hj_truth hj__meets(hj_reach *reach, const hj__party *party, const hj_origin *origin,
	const hj_words *postures, bool list)
{
	hj_truth truth = postures->count ? HJ_NO : HJ_YES;
	for (uint32_t i = 0; i < postures->count; i++) {
		hj_slice name = hj_trim(postures->items[i].text);
		const uint32_t *at = hj_map_get(&reach->posture_of, name);
		hj__posture template = {.uncertain = true};
		if (!at && !hj_is_template(name))
			continue;
		hj__answer answer = meets(
			reach, at ? &reach->postures[*at] : &template, name, party, origin, list);
		if (list)
			hj__facts_list(reach, answer);
		truth = hj__most(truth, answer.truth);
	}
	return truth;
}
