using Granary.Data.Replay;
using Granary.Engine.Market;

namespace Granary.Exchanges.Trading;

/// <summary>Parses the options that all exchanges have in common.</summary>
internal static class VenueOptions
{
    /// <summary>Converts the options of a factory to settings.</summary>
    /// <exception cref="ArgumentException">An option is invalid; the message names it.</exception>
    public static VenueSettings Settings(string endpoint, bool dryRun, double maxOrder, double maxExposure, int maxOrdersPerMinute,
        string cancelAllAfter = "", string margin = "isolated") => new()
        {
            Endpoint = endpoint,
            DryRun = dryRun,
            MaxOrder = maxOrder,
            MaxExposure = maxExposure,
            MaxOrdersPerMinute = maxOrdersPerMinute,
            CancelAllAfter = Time(nameof(cancelAllAfter), cancelAllAfter),
            CrossMargin = IsCross(margin),
        };

    /// <summary>The address of <c>endpoint</c>, or the exchange's own.</summary>
    /// <exception cref="ArgumentException">It is not an address of HTTP.</exception>
    public static Uri Endpoint(string given, string own)
    {
        if (given.Length == 0) return new Uri(own);
        return Uri.TryCreate(given, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
            : throw new ArgumentException($"endpoint = {given} is not a valid address; write it as https://HOST");
    }

    /// <summary>Parses the value of <c>margin</c>: isolated or cross.</summary>
    /// <exception cref="ArgumentException">The value is neither.</exception>
    public static bool IsCross(string margin) => margin switch
    {
        "isolated" => false,
        "cross" => true,
        _ => throw new ArgumentException($"margin = {margin} is not a margin mode; write isolated or cross"),
    };

    /// <summary>Parses a duration, such as 30s or 5m; empty for none.</summary>
    /// <exception cref="ArgumentException">The text is not a duration.</exception>
    public static TimeSpan Time(string name, string given)
    {
        if (given.Length == 0) return TimeSpan.Zero;
        try
        {
            return ReplaySpeed.Parse($"fixed:{given}").Delay;
        }
        catch (BarDataException e)
        {
            throw new ArgumentException($"{name} = {given} is not a length of time; write it as 30s or 5m", e);
        }
    }
}
