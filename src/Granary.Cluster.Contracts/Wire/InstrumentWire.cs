using System.Runtime.InteropServices;
using Granary.Engine.Market;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.Instrument")]
internal readonly record struct InstrumentWire(
    [property: Id(0)] string Symbol,
    [property: Id(1)] string Venue,
    [property: Id(2)] string? Currency,
    [property: Id(3)] double TickSize,
    [property: Id(4)] double LotSize,
    [property: Id(5)] double Multiplier,
    [property: Id(6)] double MarginPerUnit,
    [property: Id(7)] int PriceDecimals,
    [property: Id(8)] SessionCalendar Calendar,
    [property: Id(9)] bool DailyEquity,
    // Midnights are exact as doubles.
    [property: Id(10)] double[] CorporateActions,
    [property: Id(11)] bool IsAdjusted,
    [property: Id(12)] double MinQuantity = 0,
    [property: Id(13)] double MinNotional = 0,
    [property: Id(14)] long DelistedAt = 0,
    // Null for a plain symbol.
    [property: Id(15)] string? FirstListing = null,
    [property: Id(16)] ListingChangeWire[]? Changes = null,
    [property: Id(17)] PriceAdjustment Adjust = PriceAdjustment.None);

/// <summary>A change of an instrument's listing.</summary>
[GenerateSerializer, Alias("granary.ListingChange")]
internal readonly record struct ListingChangeWire(
    [property: Id(0)] long Time,
    [property: Id(1)] string From,
    [property: Id(2)] string To,
    [property: Id(3)] ListingChangeKind Kind,
    [property: Id(4)] double OldPrice,
    [property: Id(5)] double NewPrice,
    [property: Id(6)] double OldHigh,
    [property: Id(7)] double OldLow);

[RegisterConverter]
internal sealed class InstrumentConverter : IConverter<Instrument, InstrumentWire>
{
    public Instrument ConvertFromSurrogate(in InstrumentWire surrogate) =>
        surrogate.Currency is { } named ? Unnamed(surrogate) with { Currency = named } : Unnamed(surrogate);

    private static Instrument Unnamed(in InstrumentWire surrogate) => new()
    {
        Symbol = surrogate.Symbol,
        Venue = surrogate.Venue,
        TickSize = surrogate.TickSize,
        LotSize = surrogate.LotSize,
        Multiplier = surrogate.Multiplier,
        MarginPerUnit = surrogate.MarginPerUnit,
        PriceDecimals = surrogate.PriceDecimals,
        Calendar = surrogate.Calendar,
        DailyEquity = surrogate.DailyEquity,
        CorporateActions = [.. (surrogate.CorporateActions ?? []).Chunk(3).Select(a => new CorporateAction((long)a[0], a[1], a[2]))],
        IsAdjusted = surrogate.IsAdjusted,
        MinQuantity = surrogate.MinQuantity,
        MinNotional = surrogate.MinNotional,
        DelistedAt = surrogate.DelistedAt,
        Changes = surrogate.FirstListing is not { } first ? ListingChanges.None : new ListingChanges(first,
            (surrogate.Changes ?? []).Select(c => new ListingChange(c.Time, c.From, c.To, c.Kind, c.OldPrice, c.NewPrice)
            {
                OldHigh = c.OldHigh,
                OldLow = c.OldLow,
            })),
        Adjust = surrogate.Adjust,
    };

    public InstrumentWire ConvertToSurrogate(in Instrument value) =>
        new(value.Symbol, value.Venue, value.IsCurrencyAssumed ? null : value.Currency, value.TickSize, value.LotSize, value.Multiplier,
        value.MarginPerUnit, value.PriceDecimals, value.Calendar, value.DailyEquity,
        [.. value.CorporateActions.SelectMany(a => (double[])[a.ExDate, a.SplitRatio, a.Dividend])], value.IsAdjusted,
        value.MinQuantity, value.MinNotional, value.DelistedAt,
        value.Changes.IsNone ? null : value.Changes.First, value.Changes.IsNone ? null : ChangesOf(value.Changes), value.Adjust);

    private static ListingChangeWire[] ChangesOf(ListingChanges changes) =>
        [.. Enumerable.Range(0, changes.Count).Select(i => changes[i]).Select(c => new ListingChangeWire(c.Time, c.From, c.To, c.Kind,
            c.OldPrice, c.NewPrice, c.OldHigh, c.OldLow))];
}
