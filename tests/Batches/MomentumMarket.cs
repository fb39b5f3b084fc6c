using System.Globalization;
using System.Text;
using Granary.Engine.Numerics;

namespace Granary.Testing;

/// <summary>A market of hours whose returns depend on the return before.</summary>
internal static class MomentumMarket
{
    /// <param name="momentum">Share of a bar's return that the next one repeats; 0 for a market without a rule.</param>
    /// <param name="mirrored">Number of the bar from which on the moves are mirrored: nothing before it changes.</param>
    public static void Write(string folder, string symbol, double momentum, long seed, int bars, int mirrored = int.MaxValue)
    {
        var text = new StringBuilder("time,open,high,low,close,volume\n");
        var random = new PortableRandom(seed);
        var (price, last) = (100.0, 0.0);
        for (var i = 0; i < bars; i++)
        {
            var open = price;
            last = momentum * last + 0.01 * random.NextGaussian();
            price = Math.Round(open * Math.Exp(i < mirrored ? last : -last), 4);
            text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{open},")
                .Append(CultureInfo.InvariantCulture, $"{Math.Max(open, price)},{Math.Min(open, price)},{price},1000\n");
        }
        File.WriteAllText(Path.Combine(folder, symbol + ".csv"), text.ToString());
    }
}
