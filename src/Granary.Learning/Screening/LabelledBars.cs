using Granary.Learning.Labels;

namespace Granary.Learning.Screening;

/// <summary>Bars whose labels do not overlap in time, so that their labels are as many as they seem.</summary>
public static class LabelledBars
{
    /// <summary>The first bar with a label, then each first one whose bar is not before the end of the label before.</summary>
    /// <param name="bars">Candidates, rising.</param>
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
