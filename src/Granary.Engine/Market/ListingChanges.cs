namespace Granary.Engine.Market;

/// <summary>
/// The changes of what stands behind a symbol, in the order of time. A live session adds one when it comes; a series has all of them.
/// </summary>
public sealed class ListingChanges
{
    private readonly List<ListingChange> _changes = [];
    private readonly bool _isNone;

    private ListingChanges(bool isNone) => _isNone = isNone;

    /// <param name="first">The contract or listing of the first bar.</param>
    public ListingChanges(string first, params IEnumerable<ListingChange> changes)
    {
        First = first;
        foreach (var change in changes) Add(change);
    }

    /// <summary>One listing for ever.</summary>
    public static ListingChanges None { get; } = new(isNone: true);

    /// <summary>Whether the symbol is a plain one, which has no changes and never gets one.</summary>
    public bool IsNone => _isNone;

    /// <summary>The contract or listing of the first bar; empty for a plain symbol.</summary>
    public string First { get; } = "";

    public int Count => _changes.Count;

    public ListingChange this[int index] => _changes[index];

    /// <summary>Adds the next change.</summary>
    /// <exception cref="ArgumentException">It is not after the last one, or does not begin with what that one ended with.</exception>
    public void Add(ListingChange change)
    {
        if (_isNone) throw new InvalidOperationException("a plain symbol has no changes of its listing");
        if (_changes.Count > 0 && change.Time <= _changes[^1].Time)
            throw new ArgumentException($"the change from {change.From} to {change.To} is not after the one before", nameof(change));
        if (change.From != Last)
            throw new ArgumentException($"the change from {change.From} to {change.To} follows '{Last}'", nameof(change));
        _changes.Add(change);
    }

    /// <summary>The contract or listing after the last change.</summary>
    public string Last => _changes.Count == 0 ? First : _changes[^1].To;

    /// <summary>Whether a contract or listing ends with a bar.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    public bool EndsAt(long time)
    {
        for (var i = _changes.Count - 1; i >= 0 && _changes[i].Time >= time; i--)
            if (_changes[i].Time == time) return _changes[i].Kind == ListingChangeKind.End;
        return false;
    }

    /// <summary>The contract or listing of a bar.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    public string At(long time)
    {
        var name = First;
        foreach (var change in _changes)
            if (change.Kind == ListingChangeKind.Roll ? change.Time <= time : change.Time < time) name = change.To;
            else break;
        return name;
    }
}
