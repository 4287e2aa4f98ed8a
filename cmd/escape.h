/*
 * Texts from outside inside of documents that others parse: XML, Markdown, URIs. Whatever bytes
 * come, the document stays well-formed and says nothing that the text did not.
 */
#ifndef HJ_CMD_ESCAPE_H
#define HJ_CMD_ESCAPE_H

#include "hujson.h"

/*
 * For XML 1.0 and HTML, in content and in attributes with either quote. Line ends and tabs become
 * references, which attributes would lose; characters that XML forbids are shown as \uXXXX; bytes
 * that are not UTF-8 become U+FFFD.
 */
void escape_xml(hj_text *out, hj_slice text);

/*
 * For one line of GitHub's Markdown, table cells included: nothing in it is markup, and what a
 * reader does not see is shown as \uXXXX.
 */
void escape_markdown(hj_text *out, hj_slice text);

/*
 * A document as a block of code in Markdown, with a fence that it cannot end; what a reader does
 * not see is shown as \uXXXX, line feeds and tabs are kept.
 */
void escape_fenced(hj_text *out, hj_slice document);
/* The same text for <pre> in HTML. */
void escape_pre(hj_text *out, hj_slice document);

/*
 * A path as a relative reference of RFC 3986, or as a file: URI when it begins with a slash. Bytes
 * other than unreserved ones and slashes are percent-encoded, the colon too: it would end a scheme.
 */
void escape_uri(hj_text *out, hj_slice path);

/*
 * For the message of a workflow command of GitHub Actions or, more strictly, one of its properties:
 * it ends neither the line nor the property.
 */
void escape_workflow(hj_text *out, hj_slice text, bool property);

/* The path without "./" before it, which services compare with the names of a checkout. */
hj_slice escape_relative(const char *path);

#endif
