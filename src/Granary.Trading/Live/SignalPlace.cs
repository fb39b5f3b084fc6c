using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>Identifies a signal in two runs of one strategy, which may number it differently.</summary>
/// <param name="Period">Open of the bar that gave the signal, UTC ticks.</param>
/// <param name="Index">Its index among the signals of this bar and side, such as the steps of <c>scaleIn</c>; from 0.</param>
internal readonly record struct SignalPlace(string Strategy, string Symbol, long Period, Side Side, int Index)
{
    /// <summary>Returns each signal with its place.</summary>
    /// <param name="signals">In the order of their numbers.</param>
    /// <param name="placeOf">The place of the first signal of the same bar and side.</param>
    public static IEnumerable<(SignalPlace Place, T Signal)> Of<T>(IEnumerable<T> signals, Func<T, SignalPlace> placeOf)
    {
        var counts = new Dictionary<SignalPlace, int>();
        foreach (var signal in signals)
        {
            var first = placeOf(signal);
            var index = counts.GetValueOrDefault(first);
            counts[first] = index + 1;
            yield return (first with { Index = index }, signal);
        }
    }
}
