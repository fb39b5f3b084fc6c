using System.Diagnostics;
using Granary.Cluster.Accounts;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Trading.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Accounts;

/// <summary>Holds an account's <see cref="OrderGateway"/>, as <c>granary live</c> does. Its state comes from the journal.</summary>
[PreferLocalPlacement]
[GrainType("order")]
internal sealed partial class OrderGrain(IAccountStore store, GranaryCatalogues catalogues, TimeProvider clock, ILocalSiloDetails silo,
    IHostApplicationLifetime life, ILogger<OrderGrain> logger) : Grain, IOrderGrain
{
    private const int PageLength = 2000;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    private readonly List<GatewayEvent> _news = [];
    private readonly List<string> _found = [];
    private CancellationTokenSource? _stop;
    private IOrderGateway? _gateway;
    private AccountLedger? _ledger;
    private GatewayOpened? _opened;
    private Task? _working;
    private IAsyncEnumerator<JournalEntry>? _reader;
    private string[] _without = [];
    private long _epoch, _read;
    private bool _moved, _sent;

    private string Account => this.GetPrimaryKeyString();

    public async Task<GatewayOpened> OpenAsync(long epoch, SessionStart start)
    {
        if (epoch < _epoch) throw Superseded(epoch);
        if (epoch == _epoch && _opened is { } known) return known;
        await ShutAsync();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(life.ApplicationStopping);
        var production = new ProductionReader(catalogues).Read(start.File, start.Text, start.Folder);
        var gateway = await OrderGateway.OpenAsync(store, new AccountOpening
        {
            Account = Account,
            Broker = start.Broker,
            Factory = start.CreateBroker(catalogues.Brokers),
            Spec = production.Spec,
            Holder = $"a session in the cluster (silo {silo.SiloAddress.Endpoint})",
            OnKept = Tell,
        }, clock, _stop.Token);
        (_gateway, _epoch) = (gateway, epoch);
        Opened(logger, Account, epoch, gateway.Name);
        return _opened = new GatewayOpened(gateway.Broker, gateway.Name, gateway.Cut, silo.SiloAddress.ToString());
    }

    // New facts also go to the portfolio, whose ledger it uses for decisions.
    private void Tell(JournalEvent e)
    {
        if (logger.IsEnabled(LogLevel.Information) && FactLine.OfSession(e) is { } line) Fact(logger, Account, line);
        if (!GatewayEvents.IsNews(e)) return;
        lock (_news) _news.Add(GatewayEvents.Of(e));
    }

    public async Task<IReadOnlyList<GatewayEvent>> ReadEntriesAsync(long epoch, long after, string[] without)
    {
        var gateway = Of(epoch);
        if (_reader is null || after != _read || !without.AsSpan().SequenceEqual(_without))
        {
            if (_reader is not null) await _reader.DisposeAsync();
            (_reader, _without) = (gateway.ReadAsync(without, _stop!.Token).GetAsyncEnumerator(_stop.Token), without);
        }
        var page = new List<GatewayEvent>();
        while (page.Count < PageLength && await _reader.MoveNextAsync())
            if (_reader.Current.Sequence > after)
                page.Add(GatewayEvents.Of(_reader.Current));
        if (page.Count > 0)
        {
            _read = page[^1].Sequence;
            return page;
        }
        await _reader.DisposeAsync();
        _reader = null;
        return page;
    }

    public async Task BeginAsync(long epoch, string tag, double cash, IReadOnlyDictionary<string, Instrument> instruments)
    {
        var gateway = Of(epoch);
        var ledger = new AccountLedger(cash, s => instruments[s].Multiplier);
        await foreach (var entry in gateway.ReadAsync(JournalKinds.BesideLedger, _stop!.Token)) ledger.Apply(JournalCodec.Decode(entry));
        await gateway.BeginAsync(ledger, tag, instruments, _stop.Token);
        _ledger = ledger;
    }

    public Task<GatewayAnswer> AppendAsync(long epoch, IReadOnlyList<WaitingStep> waiting, IReadOnlyList<GatewayEvent> facts) =>
        WorkAsync(epoch, waiting, (gateway, stop) => gateway.AppendAsync(GatewayEvents.ToEvents(facts), stop));

    public Task<GatewayAnswer> FlushAsync(long epoch, IReadOnlyList<WaitingStep> waiting, bool onlyIfDue) =>
        WorkAsync(epoch, waiting, (gateway, stop) => onlyIfDue ? gateway.FlushIfDueAsync(stop) : gateway.FlushAsync(stop));

    public Task<GatewayAnswer> PollAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp) =>
        WorkAsync(epoch, waiting, (gateway, stop) => gateway.PollAsync(timestamp, stop));

    public Task<GatewayAnswer> SendAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp, IReadOnlyList<GatewayEvent> facts,
        IReadOnlyList<GatewayEvent> intents) =>
        WorkAsync(epoch, waiting, async (gateway, stop) =>
        {
            var orders = GatewayEvents.ToEvents(intents).ConvertAll(i => (OrderIntended)i);
            await gateway.SendAsync(timestamp, GatewayEvents.ToEvents(facts), orders, stop);
            _sent = orders.Count > 0;
        });

    public Task<GatewayAnswer> CancelAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp, string order) =>
        WorkAsync(epoch, waiting, (gateway, stop) =>
            _ledger!.Find(order) is { } tracked ? gateway.CancelAsync(timestamp, tracked, stop) : default);

    public Task<GatewayAnswer> MoveStopAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp, string entry, double price) =>
        WorkAsync(epoch, waiting, async (gateway, stop) => _moved = await gateway.MoveStopAsync(timestamp, entry, price, stop));

    public Task<GatewayAnswer> SynchroniseAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp) =>
        WorkAsync(epoch, waiting, async (gateway, stop) => _found.AddRange(await gateway.SynchroniseAsync(timestamp, stop)));

    /// <summary>Starts work after the steps that waited for it, and answers as <see cref="AwaitAsync"/>.</summary>
    private Task<GatewayAnswer> WorkAsync(long epoch, IReadOnlyList<WaitingStep> waiting,
        Func<IOrderGateway, CancellationToken, ValueTask> work)
    {
        var gateway = Of(epoch);
        if (_working is { IsCompleted: false })
            throw new InvalidOperationException($"the account {Account} is asked for more while it works");
        lock (_news) _news.Clear();
        _found.Clear();
        (_moved, _sent) = (false, false);
        var stop = _stop!.Token;
        _working = Task.Run(async () =>
        {
            foreach (var step in waiting)
            {
                stop.ThrowIfCancellationRequested();
                await CatchUpAsync(gateway, step, stop);
            }
            // A silo that is cut off or stopping sends nothing more.
            stop.ThrowIfCancellationRequested();
            await work(gateway, stop);
        }, CancellationToken.None);
        return AwaitAsync(epoch);
    }

    private static async ValueTask CatchUpAsync(IOrderGateway gateway, WaitingStep step, CancellationToken stop)
    {
        switch (step)
        {
            case FactNoted noted: await gateway.NoteAsync(GatewayEvents.ToEvent(noted.Fact), stop); break;
            case BarsClosed closed:
                await gateway.OnBarsAsync(closed.Timestamp, [.. closed.Bars.Select(b => GatewayEvents.ToBar(b))], stop);
                break;
            default: throw new InvalidOperationException($"{step} is no step of an order grain");
        }
    }

    public async Task<GatewayAnswer> AwaitAsync(long epoch)
    {
        var gateway = Of(epoch);
        var working = _working ?? Task.CompletedTask;
        if (!working.IsCompleted) await Task.WhenAny(working, Task.Delay(Quick));
        if (!working.IsCompleted) return new GatewayAnswer(false, [], gateway.JournalFault, gateway.VenueFault, 0, -1, false, []);
        _working = null;
        try
        {
            await working;
        }
        catch (LeaseException e)
        {
            // Another activation has the account now; this one must not send.
            LeaseLost(logger, Account, e.Message);
            await ShutAsync();
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(logger, Account, e.Message);
            await ShutAsync();
            throw;
        }
        GatewayEvent[] news;
        lock (_news) news = [.. _news];
        return new GatewayAnswer(true, news, gateway.JournalFault, gateway.VenueFault, gateway.Appending.Ticks,
            _sent ? (long)(Stopwatch.GetElapsedTime(gateway.FirstSent).TotalSeconds * TimeSpan.TicksPerSecond) : -1, _moved, [.. _found]);
    }

    public async Task CloseAsync(long epoch)
    {
        if (epoch < _epoch) return;
        await ShutAsync();
    }

    public Task<string?> WhereAsync() => Task.FromResult(_opened?.Where);

    private IOrderGateway Of(long epoch) => epoch == _epoch && _gateway is { } gateway ? gateway : throw Superseded(epoch);

    private GatewaySupersededException Superseded(long epoch) =>
        new($"the account {Account} is not open to epoch {epoch} of its session{(_opened is null ? "" : $", but to {_epoch}")}");

    // Current work is abandoned: the journal has its progress.
    private async Task ShutAsync()
    {
        var (gateway, stop, working, reader) = (_gateway, _stop, _working, _reader);
        (_gateway, _stop, _working, _reader, _ledger, _opened) = (null, null, null, null, null, null);
        if (stop is not null) await stop.CancelAsync();
        try
        {
            if (working is not null) await working;
        }
        catch (Exception e)
        {
            GivenUp(logger, Account, e.Message);
        }
        if (reader is not null) await reader.DisposeAsync();
        if (gateway is not null) await gateway.DisposeAsync();
        stop?.Dispose();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await ShutAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "Account {Account} opened for epoch {Epoch} of its session, with {Journal}")]
    private static partial void Opened(ILogger logger, string account, long epoch, string journal);

    [LoggerMessage(2, LogLevel.Warning, "Account {Account} released on this silo: {Reason}")]
    private static partial void LeaseLost(ILogger logger, string account, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Account {Account}: current work failed ({Reason}); its session continues from the journal")]
    private static partial void Failed(ILogger logger, string account, string reason);

    [LoggerMessage(5, LogLevel.Information, "Account {Account}: {Fact}")]
    private static partial void Fact(ILogger logger, string account, string fact);

    [LoggerMessage(4, LogLevel.Information, "Account {Account}: current work was abandoned ({Reason})")]
    private static partial void GivenUp(ILogger logger, string account, string reason);
}

/// <summary>
/// The account is open for another epoch of the session, or closed. The caller continues from the journal if it still owns the session.
/// </summary>
internal sealed class GatewaySupersededException(string message) : Exception(message);
