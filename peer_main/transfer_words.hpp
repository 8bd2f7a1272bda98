#pragma once

#include "peer_main/event_fields.hpp"
#include "peer_main/words.hpp"

#include <string>

namespace hobnob {

// Events of file transfers in words.

shown_event transfer_offer_words(const event_fields& f);
shown_event transfer_progress_words(const event_fields& f);
shown_event transfer_done_words(const event_fields& f);
shown_event transfer_failed_words(const event_fields& f);
shown_event transfer_row_words(const event_fields& f);
shown_event transfer_order_words(const event_fields& f);
shown_event transfers_words(const event_fields& f);

/// A running transfer in one line of at most `columns` columns: name, bar, rate, time left, path.
/// `f` is a `transfer-progress`.
std::string progress_line(const event_fields& f, std::size_t columns);

}  // namespace hobnob
