using System.Collections.Concurrent;
using System.Text;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Trading.Live;

namespace Granary.Trading.Parity;

/// <summary>Reads the trading days of accounts from the last starts of their sessions, in their journals.</summary>
internal sealed class AccountDays(IAccountStore accounts, TimeProvider clock)
{
    // A start with other markets is seen after this time.
    private static readonly TimeSpan s_kept = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (MarketDays Days, DateTimeOffset At)> _known = new(StringComparer.Ordinal);

    /// <returns>Null before the account's first session.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async ValueTask<MarketDays?> OfAsync(string account, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(account, out var known) && now - known.At < s_kept) return known.Days;
        var query = new JournalQuery { Without = JournalKinds.AllBut(nameof(SessionStarted)) };
        if ((await accounts.PeekAsync(account, query, cancellationToken).ConfigureAwait(false)).LastOrDefault() is not { } last
            || JournalCodec.Decode(last) is not SessionStarted { Instruments.Count: > 0 } start) return null;
        var days = new MarketDays(start.Instruments.Select(i => i.Calendar), TimeframeOf(start));
        _known[account] = (days, now);
        return days;
    }

    private static Timeframe TimeframeOf(SessionStarted start) => start.Traded is { } traded
        && JsonPart.Parse("the configuration of the journal", Encoding.UTF8.GetBytes(traded.Text)) is var configuration
        && configuration.Find("data")?.Find("timeframe") is { } text
        && Timeframe.TryParse(text.Text, out var timeframe) ? timeframe.Value : Timeframe.H1;
}
