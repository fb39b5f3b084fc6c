namespace Granary.Reporting.Html.Charts;

/// <summary>A line of a plot over time.</summary>
/// <param name="Style">The class in the style sheet: s1 … s4, loss.</param>
/// <param name="Times">UTC ticks, ascending.</param>
/// <param name="Values">One value per time; NaN leaves a gap.</param>
/// <param name="Area">Whether the area down to the baseline is filled.</param>
internal sealed record PlotLine(string Name, string Style, long[] Times, double[] Values, bool Area = false);

/// <summary>A shaded range of values over time, behind the lines.</summary>
/// <param name="Style">The class in the style sheet: outer or inner.</param>
/// <param name="Low">The lower edge; it has the times of the upper one.</param>
internal sealed record PlotBand(string Style, PlotLine Low, PlotLine High);

/// <summary>Unit in which a plot's values are written, on its axis and under the pointer.</summary>
internal enum PlotUnit
{
    Percent,
    Money,
    Ratio,
    Price,
}

/// <summary>A line chart over time. With scripts, a crosshair shows the values.</summary>
internal sealed record TimePlot
{
    // More points than a screen has columns.
    private const int MostPoints = 1200;

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<PlotLine> Lines { get; init; }

    public required PlotUnit Unit { get; init; }

    public double Height { get; init; } = 240;

    /// <summary>A value that the axis always includes and that is drawn as a bold line; NaN for none.</summary>
    public double Baseline { get; init; } = double.NaN;

    /// <summary>The axis is logarithmic if the ratio of the highest to the lowest value exceeds this; 0 for never.</summary>
    public double LogFrom { get; init; }

    /// <summary>Plots of the same group share their crosshair.</summary>
    public string Group { get; init; } = "";

    /// <summary>The range of the axis, UTC ticks; null for the lines'.</summary>
    public TimeAxis? Span { get; init; }

    public int Ticks { get; init; } = 5;

    /// <summary>False if a plot directly below has the same time axis.</summary>
    public bool TimeLabels { get; init; } = true;

    /// <summary>Title of the vertical axis; null for the unit's.</summary>
    public string? Up { get; init; }

    /// <summary>Whether the lines are stacked areas, the last one at the top. Values must not be negative.</summary>
    public bool Stacked { get; init; }

    /// <summary>Ranges that are shaded behind the lines, such as drawdowns.</summary>
    public IReadOnlyList<(long From, long To)> Shades { get; init; } = [];

    /// <summary>Ranges of values behind the lines, the widest first. Tooltips have their edges.</summary>
    public IReadOnlyList<PlotBand> Bands { get; init; } = [];

    /// <summary>Whether tooltips include the time of day.</summary>
    public bool Intraday { get; init; }

    public void Write(HtmlWriter html)
    {
        var lines = Lines.Where(l => l.Times.Length > 0).Select(Thinned).ToArray();
        if (lines.Length == 0) return;
        var time = Span ?? new TimeAxis(lines.Min(l => l.Times[0]), lines.Max(l => l.Times[^1]));
        var tops = Stacked ? Sums(lines) : lines;
        var axis = ValueAxis.Around(tops.Concat(Edges).SelectMany(l => l.Values), Baseline, LogFrom, Ticks);
        PlotFrame.Open(html, axis.Log ? $"{Title} (logarithmic)" : Title, Description, Height, TimeLabels ? "time" : "time bare",
            lines.Length + Bands.Count > 1
                ? [.. lines.Select(l => (l.Name, l.Style)), .. Bands.Select(b => ($"{b.Low.Name} to {b.High.Name}", "range " + b.Style))]
                : null);
        PlotFrame.Horizontals(html, axis, Height, v => Text(v, Unit), Baseline, Ticks);
        PlotFrame.UpTitle(html, Up ?? Measured(Unit));
        if (TimeLabels)
        {
            PlotFrame.TimeLabels(html, time, Height);
            PlotFrame.AcrossTitle(html, Height, time.Title);
        }
        PlotFrame.OpenShapes(html, Height);
        foreach (var (from, to) in Shades)
        {
            var x = time.X(Math.Max(from, time.From), PlotFrame.Width);
            html.Write($"<rect class=\"shade\" x=\"{x}\" y=\"0\" "
                + $"width=\"{Math.Max(0.5, time.X(Math.Min(to, time.To), PlotFrame.Width) - x)}\" height=\"{Height}\"/>");
        }
        foreach (var band in Bands) Band(html, band, time, axis);
        // From the top of the stack downwards, so that each area covers those below it.
        for (var i = tops.Length - 1; i >= 0 && Stacked; i--) Area(html, tops[i], time, axis);
        foreach (var line in Stacked ? [] : lines)
        {
            if (line.Area) Area(html, line, time, axis);
            Line(html, line, time, axis);
        }
        html.Raw("</svg></svg>");
        Data(html, [.. lines, .. Edges], time, axis);
        PlotFrame.Close(html);
    }

    private IEnumerable<PlotLine> Edges => Bands.Select(b => b.High).Concat(Bands.Reverse().Select(b => b.Low));

    private void Band(HtmlWriter html, PlotBand band, TimeAxis time, ValueAxis axis)
    {
        var (times, low, high) = (band.High.Times, band.Low.Values, band.High.Values);
        html.Write($"<path class=\"range {band.Style}\" d=\"");
        for (var i = 0; i < times.Length; i++)
            html.Write($"{(i > 0 ? "L" : "M")}{time.X(times[i], PlotFrame.Width)} {axis.Y(high[i], Height)}");
        for (var i = times.Length - 1; i >= 0; i--)
            html.Write($"L{time.X(times[i], PlotFrame.Width)} {axis.Y(low[i], Height)}");
        html.Raw("Z\"/>");
    }

    public static string Text(double value, PlotUnit unit) => unit switch
    {
        PlotUnit.Percent => NumberText.Compact(Math.Round(value * 100, 6)) + "%",
        PlotUnit.Money => NumberText.Compact(value),
        PlotUnit.Price => NumberText.Price(value),
        PlotUnit.Ratio => NumberText.Compact(Math.Round(value, 6)),
    };

    private static string Measured(PlotUnit unit) => unit switch
    {
        PlotUnit.Percent => "percent",
        PlotUnit.Money => "account currency",
        PlotUnit.Price => "price",
        PlotUnit.Ratio => "ratio",
    };

    // The lines of a stack have the same times.
    private static PlotLine[] Sums(PlotLine[] lines)
    {
        var sums = new PlotLine[lines.Length];
        for (var k = 0; k < lines.Length; k++)
            sums[k] = lines[k] with { Values = [.. lines[k].Values.Select((v, i) => v + (k > 0 ? sums[k - 1].Values[i] : 0))] };
        return sums;
    }

    private void Line(HtmlWriter html, PlotLine line, TimeAxis time, ValueAxis axis)
    {
        html.Write($"<path class=\"line {line.Style}\" d=\"");
        Points(html, line, time, axis, 0, line.Times.Length);
        html.Raw("\"/>");
    }

    // A missing value interrupts the line.
    private void Points(HtmlWriter html, PlotLine line, TimeAxis time, ValueAxis axis, int from, int to)
    {
        var pen = false;
        for (var i = from; i < to; i++)
        {
            if (!double.IsFinite(line.Values[i]))
            {
                pen = false;
                continue;
            }
            html.Write($"{(pen ? "L" : "M")}{time.X(line.Times[i], PlotFrame.Width)} {axis.Y(line.Values[i], Height)}");
            pen = true;
        }
    }

    private void Area(HtmlWriter html, PlotLine line, TimeAxis time, ValueAxis axis)
    {
        var floor = double.IsNaN(Baseline) ? Height : axis.Y(Baseline, Height);
        html.Write($"<path class=\"area {line.Style}\" d=\"");
        for (var i = 0; i < line.Times.Length;)
        {
            while (i < line.Times.Length && !double.IsFinite(line.Values[i])) i++;
            var end = i;
            while (end < line.Times.Length && double.IsFinite(line.Values[end])) end++;
            if (end == i) break;
            Points(html, line, time, axis, i, end);
            html.Write($"L{time.X(line.Times[end - 1], PlotFrame.Width)} {floor}L{time.X(line.Times[i], PlotFrame.Width)} {floor}Z");
            i = end;
        }
        html.Raw("\"/>");
    }

    // Data of the crosshair: minutes since the plot's start, and the values at them.
    private void Data(HtmlWriter html, PlotLine[] lines, TimeAxis time, ValueAxis axis)
    {
        html.Write($"<script type=\"application/json\">{{\"from\":{(time.From - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute},"
            + $"\"span\":{(time.To - time.From) / TimeSpan.TicksPerMinute},");
        html.Write($"\"height\":{Height},\"unit\":\"{Unit.ToString().ToLowerInvariant()}\",\"group\":\"");
        html.Raw(Group);
        html.Raw("\",\"low\":");
        html.Raw(NumberText.Exact(axis.Low));
        html.Raw(",\"high\":");
        html.Raw(NumberText.Exact(axis.High));
        html.Raw(axis.Log ? ",\"log\":true" : "");
        html.Raw(Intraday ? ",\"clock\":true" : "");
        html.Raw(",\"lines\":[");
        for (var k = 0; k < lines.Length; k++)
        {
            var line = lines[k];
            html.Raw(k > 0 ? ",{\"name\":" : "{\"name\":");
            html.Raw(JsonText(line.Name));
            html.Write($",\"style\":\"{line.Style}\",\"t\":[");
            long before = 0;
            for (var i = 0; i < line.Times.Length; i++)
            {
                var minute = (line.Times[i] - time.From) / TimeSpan.TicksPerMinute;
                if (i > 0) html.Raw(",");
                html.Write($"{minute - before}");
                before = minute;
            }
            html.Raw("],\"v\":[");
            for (var i = 0; i < line.Values.Length; i++)
            {
                if (i > 0) html.Raw(",");
                html.Raw(double.IsFinite(line.Values[i]) ? NumberText.Exact(line.Values[i]) : "null");
            }
            html.Raw("]}");
        }
        html.Raw("]}</script>");
    }

    /// <summary>Encodes a JSON string that cannot end the enclosing script element.</summary>
    public static string JsonText(string text) => System.Text.Json.Nodes.JsonValue.Create(text).ToJsonString();

    private PlotLine Thinned(PlotLine line)
    {
        if (Stacked) return line;
        var (times, values) = Thin(line.Times, line.Values, MostPoints);
        return line with { Times = times, Values = values };
    }

    /// <summary>Reduces a line to at most this many points, keeping the ends and the lowest and highest value of each interval.</summary>
    public static (long[] Times, double[] Values) Thin(long[] times, double[] values, int most)
    {
        var n = times.Length;
        if (n <= most) return (times, values);
        var keptTimes = new List<long>(most) { times[0] };
        var keptValues = new List<double>(most) { values[0] };
        var buckets = most / 2 - 1;
        for (var b = 0; b < buckets; b++)
        {
            var from = 1 + (int)((long)(n - 2) * b / buckets);
            var to = 1 + (int)((long)(n - 2) * (b + 1) / buckets);
            int low = from, high = from;
            for (var i = from; i < to; i++)
            {
                // A gap must remain: the first NaN of an interval represents it.
                if (double.IsNaN(values[low]) || double.IsNaN(values[i])) continue;
                if (values[i] < values[low]) low = i;
                if (values[i] > values[high]) high = i;
            }
            Keep(Math.Min(low, high));
            if (low != high) Keep(Math.Max(low, high));
        }
        Keep(n - 1);
        return ([.. keptTimes], [.. keptValues]);

        void Keep(int i)
        {
            keptTimes.Add(times[i]);
            keptValues.Add(values[i]);
        }
    }
}
