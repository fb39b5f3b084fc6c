using System.Globalization;
using System.Text;
using Granary.Engine.Numerics;

namespace Granary.Testing;

/// <summary>Two markets of hours: FOLLOW repeats most of the move that LEAD made the hour before. LEAD lacks some hours.</summary>
internal static class LeadingMarket
{
    /// <summary>LEAD has no bar at the hours that this divides.</summary>
    public const int Missing = 23;

    public static DateTime Start { get; } = new(2022, 1, 3, 0, 0, 0, DateTimeKind.Utc);

    /// <param name="changed">Number of the hour from which on LEAD alone moves otherwise, and FOLLOW as if it did not.</param>
    public static void Write(string folder, int bars, int changed = int.MaxValue)
    {
        var random = new PortableRandom(11);
        const string Header = "time,open,high,low,close,volume\n";
        var (lead, follow) = (new StringBuilder(Header), new StringBuilder(Header));
        var (leading, following, before) = (100.0, 50.0, 0.0);
        for (var i = 0; i < bars; i++)
        {
            var (move, noise) = (0.01 * random.NextGaussian(), 0.004 * random.NextGaussian());
            following = Row(follow, i, following, 0.8 * before + noise);
            before = i % Missing == 0 ? 0 : move;
            if (i % Missing != 0) leading = Row(lead, i, leading, i < changed ? move : -1.5 * move);
        }
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "LEAD.csv"), lead.ToString());
        File.WriteAllText(Path.Combine(folder, "FOLLOW.csv"), follow.ToString());
    }

    private static double Row(StringBuilder text, int hour, double open, double move)
    {
        var close = Math.Round(open * Math.Exp(move), 4);
        text.Append(CultureInfo.InvariantCulture, $"{Start.AddHours(hour):yyyy-MM-dd'T'HH:mm:ss'Z'},{open},{Math.Max(open, close)},")
            .Append(CultureInfo.InvariantCulture, $"{Math.Min(open, close)},{close},1000\n");
        return close;
    }
}
