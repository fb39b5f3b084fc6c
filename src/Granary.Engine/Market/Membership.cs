namespace Granary.Engine.Market;

/// <summary>The times at which a symbol belongs to the universe of a run.</summary>
/// <remarks>
/// Entries are made at the close of a bar at which the symbol is a member. Waiting entries are cancelled at the first bar that opens, or
/// closes, while it is none. Spans are added in the order of time, so a live session can add one when it comes.
/// </remarks>
public sealed class Membership
{
    /// <summary>The end of a span that lasts.</summary>
    public const long Open = long.MaxValue;

    private readonly List<MemberSpan> _spans;

    /// <param name="spans">In the order of time, without overlaps.</param>
    /// <exception cref="ArgumentException">A span is empty, or begins before the end of the one before.</exception>
    internal Membership(LeavePolicy onLeave, IEnumerable<MemberSpan> spans)
    {
        (OnLeave, _spans) = (onLeave, []);
        foreach (var span in spans)
        {
            if (span.To <= span.From || _spans.Count > 0 && span.From < _spans[^1].To)
                throw new ArgumentException("the spans of a membership must not be empty, and must follow one another", nameof(spans));
            _spans.Add(span);
        }
    }

    private Membership(LeavePolicy onLeave, List<MemberSpan> spans) => (OnLeave, _spans) = (onLeave, spans);

    /// <summary>The same spans, also those that are added later, for an account that holds positions when the symbol leaves.</summary>
    public Membership Held => new(LeavePolicy.Hold, _spans);

    /// <summary>Treatment of a position when the symbol leaves.</summary>
    internal LeavePolicy OnLeave { get; }

    /// <summary>The spans in the order of time.</summary>
    internal IReadOnlyList<MemberSpan> Spans => _spans;

    /// <summary>Whether the last span has no end yet.</summary>
    public bool Lasts => _spans.Count > 0 && _spans[^1].To == Open;

    /// <summary>Whether the symbol is a member at a time.</summary>
    /// <param name="time">UTC ticks.</param>
    public bool Contains(long time)
    {
        // The last span is asked for most often.
        for (var i = _spans.Count - 1; i >= 0; i--)
            if (time >= _spans[i].From)
                return time < _spans[i].To;
        return false;
    }

    /// <summary>Whether the symbol is a member at some time of a period.</summary>
    /// <param name="from">UTC ticks, inclusive.</param>
    /// <param name="to">UTC ticks, exclusive.</param>
    public bool Meets(long from, long to) => _spans.Exists(s => s.From < to && s.To > from);

    /// <summary>Whether the symbol leaves and is a member again by the end of a period.</summary>
    /// <param name="from">UTC ticks, inclusive.</param>
    /// <param name="to">UTC ticks, inclusive.</param>
    public bool Rejoins(long from, long to) => Contains(to) && _spans.Exists(s => s.To >= from && s.To <= to);

    /// <summary>
    /// Whether a bar is the first of another listing: the symbol has left and joined again since the bar before, without a bar in between,
    /// so it may be another company.
    /// </summary>
    /// <param name="before">Close of the bar before, UTC ticks.</param>
    /// <param name="time">Open of the bar, UTC ticks.</param>
    public bool IsNewListing(long before, long time) => _spans.Count > 1 && before < time && Rejoins(before, time);

    /// <summary>Sets whether the symbol is a member from a time on, which is not before the last change.</summary>
    /// <param name="time">UTC ticks.</param>
    public void Change(long time, bool isMember)
    {
        if (isMember == Lasts) return;
        if (!isMember) _spans[^1] = _spans[^1] with { To = time };
        // A symbol that joins at the moment at which it left has not left.
        else if (_spans.Count > 0 && _spans[^1].To == time) _spans[^1] = _spans[^1] with { To = Open };
        else _spans.Add(new MemberSpan(time, Open));
    }
}
