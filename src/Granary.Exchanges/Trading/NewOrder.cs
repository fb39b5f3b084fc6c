namespace Granary.Exchanges.Trading;

/// <summary>An order that is in the book and not sent yet.</summary>
/// <param name="Message">Message that is sent.</param>
internal readonly record struct NewOrder(BookOrder Order, VenueOrder Message);
