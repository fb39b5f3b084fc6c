using Granary.Learning.Labels;

namespace Granary.Learning.Screening;

/// <summary>Selects bars whose labels do not overlap in time, so they are independent samples.</summary>
internal static class LabelledBars
{
    /// <summary>Returns the first bar with a label, then each next bar that is not before the end of the previous label.</summary>
    /// <param name="bars">Candidates in ascending order.</param>
    public static int[] Apart(LabelColumn label, IEnumerable<int> bars)
    {
        var apart = new List<int>();
        var free = 0;
        foreach (var bar in bars)
        {
            if (bar < free || label.End[bar] < 0) continue;
            apart.Add(bar);
            free = label.End[bar];
        }
        return [.. apart];
    }
}
