using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Storage.Retries;

namespace Granary.Application.Live;

/// <summary>
/// The paper venue as a broker: a simulated exchange on the session's own bars, that outlives the session as a real one would. What it is told goes into
/// a book of its own, from which it stands as it stood when it is opened again.
/// </summary>
public sealed class PaperBroker : IBroker, IMarketListener
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly PaperVenue _venue;
    private readonly IJournal _book;
    private readonly TimeProvider _clock;

    private sealed record Bars(long Instant, List<BarOf> Items);

    private readonly record struct BarOf(string Symbol, string Timeframe, long Time, double Open, double High, double Low, double Close, double Volume);

    private sealed record Moved(string ClientId, double Price);

    // Whether answers get lost, so that it has to be kept who asked.
    private readonly bool _forgetful;

    private PaperBroker(PaperVenue venue, IJournal book, TimeProvider clock, bool forgetful) => (_venue, _book, _clock, _forgetful) = (venue, book, clock, forgetful);

    public string Name => "paper";

    /// <param name="book">Taken over.</param>
    /// <exception cref="JournalException">The book cannot be read.</exception>
    public static async Task<PaperBroker> OpenAsync(PaperSettings settings, ExecutionSettings execution, IReadOnlyDictionary<string, Instrument> instruments, IJournal book, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        var broker = new PaperBroker(new PaperVenue(settings, execution, instruments), book, clock, settings.TimeoutShare > 0);
        await foreach (var entry in book.ReadAsync(new JournalQuery(), cancellationToken).ConfigureAwait(false)) broker.Apply(entry);
        return broker;
    }

    private void Apply(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case "order": _venue.Submit(JsonSerializer.Deserialize<BrokerOrder>(entry.Body.Span, Json)!); break;
            case "asked": _venue.AnswerOf(entry.Strategy); break;
            case "cancel": _venue.Cancel(entry.Strategy); break;
            case "stop": var moved = JsonSerializer.Deserialize<Moved>(entry.Body.Span, Json)!; _venue.MoveStop(moved.ClientId, moved.Price); break;
            case "bars":
                var bars = JsonSerializer.Deserialize<Bars>(entry.Body.Span, Json)!;
                _venue.OnBars(bars.Instant, [.. bars.Items.Select(b => new ClosedBar(b.Symbol, new Bar(b.Time, b.Open, b.High, b.Low, b.Close, b.Volume), Timeframe.Parse(b.Timeframe)))]);
                break;
        }
    }

    // While its book cannot be reached the venue stands still, and whoever asked waits.
    private async ValueTask KeepAsync(string kind, string about, object body, CancellationToken cancellationToken)
    {
        var entry = new JournalEntry(_book.Last + 1, _clock.GetUtcNow(), kind, about, "", JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Json));
        await RetryPolicies.ServerAway(static e => e is JournalException { MayPass: true }, Timeout.InfiniteTimeSpan, _clock, TimeSpan.FromSeconds(5)).RunAsync(async stop =>
        {
            await _book.AppendAsync([entry], stop).ConfigureAwait(false);
            return entry;
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
    {
        if (_forgetful) await KeepAsync("asked", order.ClientId, "", cancellationToken).ConfigureAwait(false);
        var (lost, arrived) = _venue.AnswerOf(order.ClientId);
        if (lost && !arrived) throw new BrokerUnavailableException($"paper: no answer to order {order.ClientId}, as its settings ask");
        if (_venue.Find(order.ClientId) is null) await KeepAsync("order", order.ClientId, order, cancellationToken).ConfigureAwait(false);
        var status = _venue.Submit(order);
        return lost ? throw new BrokerUnavailableException($"paper: no answer to order {order.ClientId}, as its settings ask") : status;
    }

    public async ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default)
    {
        await KeepAsync("cancel", clientId, "", cancellationToken).ConfigureAwait(false);
        return _venue.Cancel(clientId);
    }

    public async ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice, CancellationToken cancellationToken = default)
    {
        await KeepAsync("stop", clientId, new Moved(clientId, stopPrice), cancellationToken).ConfigureAwait(false);
        return _venue.MoveStop(clientId, stopPrice);
    }

    public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) => new(_venue.Find(clientId));

    public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) => new(_venue.Poll(after));

    public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) => new(_venue.Snapshot());

    public async ValueTask OnBarsAsync(long instant, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        // Bars on which nothing can happen are not worth keeping.
        if (instant > _venue.Instant && _venue.HasWork)
            await KeepAsync("bars", "", new Bars(instant, [.. bars.Select(b => new BarOf(b.Symbol, b.Timeframe.ToString(), b.Bar.Time, b.Bar.Open, b.Bar.High, b.Bar.Low, b.Bar.Close, b.Bar.Volume))]), cancellationToken).ConfigureAwait(false);
        _venue.OnBars(instant, bars);
    }

    public ValueTask DisposeAsync() => _book.DisposeAsync();
}
