namespace Granary.Reporting.Html.Charts;

/// <summary>One row of a state strip: a state machine's state over time.</summary>
/// <param name="States">For each time an index into <paramref name="Names"/>; −1 for none.</param>
internal sealed record StateRow(string Name, IReadOnlyList<string> Names, int[] States);

/// <summary>Shows states over time as coloured bands, one row per state machine, below a price chart.</summary>
internal static class StateStrip
{
    private const double LabelHeight = 19, BandHeight = 14, RowHeight = LabelHeight + BandHeight + 7;

    // Colours k0 … k5 of the style sheet, repeated if there are more states.
    private const int Colours = 6;

    // With two states, use the outer colours of three.
    private static int Colour(int state, int states) => states == 2 ? 2 * state : state % Colours;

    public static void Write(HtmlWriter html, string title, long[] times, IReadOnlyList<StateRow> rows)
    {
        if (times.Length < 2) return;
        var time = new TimeAxis(times[0], times[^1]);
        var height = rows.Count * RowHeight;
        PlotFrame.Open(html, title, string.Join("; ", rows.Select(r => $"{r.Name}: {Described(r)}")), height, "time states");
        PlotFrame.TimeLabels(html, time, height);
        PlotFrame.AcrossTitle(html, height, time.Title);
        PlotFrame.OpenShapes(html, height);
        for (var r = 0; r < rows.Count; r++) Bands(html, rows[r], times, time, r * RowHeight + LabelHeight);
        html.Raw("</svg><g aria-hidden=\"true\">");
        for (var r = 0; r < rows.Count; r++) Label(html, rows[r], r * RowHeight + 13);
        html.Raw("</g></svg>");
        PlotFrame.Close(html);
    }

    private static void Bands(HtmlWriter html, StateRow row, long[] times, TimeAxis time, double y)
    {
        var states = row.States;
        for (var i = 0; i < states.Length;)
        {
            var end = i + 1;
            while (end < states.Length && states[end] == states[i]) end++;
            if (states[i] >= 0)
            {
                var x = time.X(times[i], PlotFrame.Width);
                var width = time.X(times[Math.Min(end, times.Length - 1)], PlotFrame.Width) - x;
                html.Write($"<rect class=\"state k{Colour(states[i], row.Names.Count)}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" "
                    + $"height=\"{BandHeight}\"><title>{row.Name}: {row.Names[states[i]]}</title></rect>");
            }
            i = end;
        }
    }

    // The name of the state machine and its legend, above its bands, because two machines may use a colour for different states.
    private static void Label(HtmlWriter html, StateRow row, double y)
    {
        html.Write($"<text class=\"row\" x=\"0\" y=\"{y}\">{row.Name}");
        for (var i = 0; i < row.Names.Count; i++)
            html.Write($"<tspan class=\"state k{Colour(i, row.Names.Count)}\" dx=\"{(i == 0 ? 12 : 8)}\">■</tspan> "
                + $"<tspan>{row.Names[i]}</tspan>");
        html.Raw("</text>");
    }

    private static string Described(StateRow row)
    {
        var known = Math.Max(1, row.States.Count(s => s >= 0));
        return string.Join(", ",
            row.Names.Select((n, i) => $"{n} {NumberText.Percent(row.States.Count(s => s == i) / (double)known, 0)} of the time"));
    }
}
