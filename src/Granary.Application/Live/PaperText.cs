using System.Globalization;
using Granary.Application.Json;
using Granary.Data.Replay;
using Granary.Engine.Brokerage;

namespace Granary.Application.Live;

/// <summary>How the paper venue behaves, as it is written: <c>seed=1,latency=250ms,reject=0.01,partial=0.2,timeout=0.01</c>.</summary>
public static class PaperText
{
    /// <exception cref="InputException">There is no such setting, or its value is none.</exception>
    public static PaperSettings Parse(string? text)
    {
        var settings = new PaperSettings();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (key, value) = part.Split('=', 2) is [var k, var v] ? (k, v) : throw new InputException($"--paper {part}: write it as key=value");
            double Share() => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? share : throw new InputException($"--paper {key}={value}: a share from 0 to 1 is needed");
            settings = key switch
            {
                "seed" => settings with { Seed = ulong.TryParse(value, CultureInfo.InvariantCulture, out var seed) ? seed : throw new InputException($"--paper seed={value}: a whole number is needed") },
                "latency" => settings with { Latency = ReplayPace.Parse($"fixed:{value}").Delay },
                "reject" => settings with { RejectShare = Share() },
                "partial" => settings with { PartialShare = Share() },
                "timeout" => settings with { TimeoutShare = Share() },
                _ => throw new InputException($"--paper {key}: there is no such setting; use seed, latency, reject, partial or timeout"),
            };
        }
        return settings;
    }
}
