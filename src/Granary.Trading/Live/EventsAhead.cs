using System.Runtime.InteropServices;
using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>
/// Buffers the events of a strategy whose bars are run in blocks during a journal replay, until the session reaches their time slices.
/// </summary>
/// <param name="reached">For each time slice, the open time up to which the strategy's feed has bars by then, UTC ticks.</param>
internal sealed class EventsAhead(IReadOnlyList<long> reached)
{
    private readonly List<(int Slice, RunEvent Event)> _events = [];
    private int _slice, _taken, _end = int.MaxValue;

    /// <summary>Adds an event of the bar with this open time; times must be ascending.</summary>
    /// <param name="time">UTC ticks.</param>
    public void Add(long time, in RunEvent e)
    {
        while (reached[_slice] < time) _slice++;
        _events.Add((_slice, e));
    }

    /// <summary>Marks the bar at which the strategy failed; it has no events in that bar's time slice or later.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    public void End(long time)
    {
        var slice = 0;
        while (slice < reached.Count && reached[slice] < time) slice++;
        _end = Math.Min(_end, slice);
    }

    /// <summary>Moves the events of a time slice in order; slices must be ascending.</summary>
    public void MoveTo(List<(RunEvent Event, double[] Factors)> events, int slice)
    {
        var ahead = CollectionsMarshal.AsSpan(_events);
        for (; _taken < ahead.Length && ahead[_taken].Slice == slice; _taken++)
            if (slice < _end)
                events.Add((ahead[_taken].Event, []));
    }
}
