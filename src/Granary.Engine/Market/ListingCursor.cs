namespace Granary.Engine.Market;

/// <summary>Finds the bars with which a new listing begins, which shares only the name with the one before. Bars come in order.</summary>
internal struct ListingCursor(Instrument instrument, Timeframe timeframe)
{
    private readonly ListingChanges _changes = instrument.Changes;
    private readonly Membership? _members = instrument.Membership;
    private int _next;
    private long _last = long.MaxValue;

    /// <summary>Whether the symbol may ever have a second listing.</summary>
    public static bool IsNeeded(Instrument instrument) => !instrument.Changes.IsNone || instrument.Membership is not null;

    /// <summary>Takes a bar, and returns whether it is the first of a new listing.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    public bool IsNew(long time)
    {
        var isNew = _members is not null && _last < time && _members.IsNewListing(timeframe.CloseOf(_last), time);
        // A listing that ended before the first bar had no bar here.
        for (; _next < _changes.Count && _changes[_next].Time < time; _next++)
            isNew |= _changes[_next].Kind == ListingChangeKind.End && _last != long.MaxValue;
        _last = time;
        return isNew;
    }
}
