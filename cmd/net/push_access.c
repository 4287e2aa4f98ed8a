#include "cmd/net/push.h"

#include "change/guard.h"

void side_free(struct side *side)
{
	if (side->built)
		hj_world_free(&side->world);
	if (side->bound)
		hj_policy_free(&side->policy);
	hj_document_free(side->document);
	hj_source_free(side->source);
}

hj_status side_build(const struct pushing *this, hj_slice text, struct side *out)
{
	const hj_allocator *allocator = this->app->allocator;
	*out = (struct side){0};
	hj_status status = hj_source_copy(allocator, "policy", text, &out->source);
	if (!status)
		status = hj_parse(out->source, 0, &out->document);
	if (!status && hj_document_error(out->document))
		status = HJ_SYNTAX;
	if (!status)
		status = hj_policy_bind(out->document, allocator, &out->policy);
	out->bound = status == HJ_OK;
	if (!status)
		status = hj_world_build(&out->policy, this->has_inventory ? &this->inventory : NULL,
			(hj_slice){NULL, 0}, allocator, &out->world);
	out->built = status == HJ_OK;
	return status;
}

/* -- what would change ------------------------------------------------------------------------------------ */

void print_change(struct app *app, const hj_change *change)
{
	app_print(&app->out, change->gained ? HJ_SLICE("  + ") : HJ_SLICE("  - "));
	app_print_safe(&app->out, change->sentence);
	app_print(&app->out, HJ_SLICE("\n"));
}

static void print_difference(struct app *app, const hj_difference *difference)
{
	for (uint32_t i = 0; i < difference->count; i++)
		print_change(app, &difference->changes[i]);
	if (difference->left_out)
		app_printf(&app->out, "  … and %u more\n", (unsigned)difference->left_out);
	if (difference->gained + difference->lost == 0)
		app_print(&app->out, HJ_SLICE("  nobody's access changes\n"));
}

/* Alarms, each a line. Does one stand in the way? */
static bool print_alarms(struct app *app, const hj_guards *guards)
{
	bool radius = false;
	for (uint32_t i = 0; i < guards->count; i++) {
		app_print(&app->out, HJ_SLICE("  ! "));
		app_print_safe(&app->out, guards->alarms[i].sentence);
		app_print(&app->out, HJ_SLICE("\n"));
		radius |= guards->alarms[i].kind == HJ_GUARD_RADIUS;
	}
	return radius;
}

static bool fails_on(const struct pushing *this, const hj_difference *difference)
{
	const char *on = options_value(this->arguments, "fail-on");
	if (!on)
		return false;
	bool gained = difference->gained, lost = difference->lost;
	return strcmp(on, "gained") == 0 ? gained : strcmp(on, "lost") == 0 ? lost : gained || lost;
}

static hj_status show_between(struct pushing *this, struct side *from, struct side *to)
{
	struct app *app = this->app;
	hj_difference difference;
	const hj_difference_options options = {.max_changes = SHOWN_CHANGES};
	hj_status status =
		hj_difference_find(&from->world, &to->world, &options, app->allocator, &difference);
	if (status)
		return status;
	print_difference(app, &difference);
	this->refused = fails_on(this, &difference);
	hj_guards guards;
	status = hj_guard_check(
		&from->world, &to->world, &difference, this->max_gained, app->allocator, &guards);
	if (!status) {
		this->refused |= print_alarms(app, &guards);
		hj_guards_free(&guards);
	}
	hj_difference_free(&difference);
	return status;
}

hj_status push_show_change(struct pushing *this, hj_slice from, hj_slice to)
{
	struct side old_side, new_side = {0};
	hj_status status = side_build(this, from, &old_side);
	if (!status)
		status = side_build(this, to, &new_side);
	if (!status)
		status = show_between(this, &old_side, &new_side);
	else if (status == HJ_SYNTAX)
		app_print(&this->app->out,
			HJ_SLICE("  the policy that is there does not parse: nothing can be "
				 "compared\n"));
	side_free(&old_side);
	side_free(&new_side);
	return status == HJ_SYNTAX ? HJ_OK : status;
}
