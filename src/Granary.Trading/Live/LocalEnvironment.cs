using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;

namespace Granary.Trading.Live;

/// <summary>The environment of a session in this process: <c>granary live</c>.</summary>
/// <param name="catalogues">The catalogues of the process.</param>
/// <param name="folder">The run's folder.</param>
internal sealed class LocalEnvironment(LiveRequest request, GranaryCatalogues catalogues, string folder,
    TimeProvider clock) : ISessionEnvironment, IDisposable
{
    private readonly string _state = request.State ?? Path.Combine(folder, "state");
    private SessionControl? _control;
    private StreamWriter? _log;
    private readonly FactLine _lines = new();

    /// <inheritdoc/>
    /// <remarks>Created after the lease is taken, because existing commands belong to a trading session.</remarks>
    public ISessionControl Control =>
        _control ??= new SessionControl(Path.Combine(Address.Parse(_state).IsDatabase ? folder : _state, "control"), clock);

    /// <inheritdoc/>
    public IWeightsService? Weights { get; } = request.Weights is { } weights ? new FileWeights(weights, clock) : null;

    /// <inheritdoc/>
    public SessionStrategies? Strategies => null;

    /// <inheritdoc/>
    public Task<TradingAccount> OpenAccountAsync(Production production, string account, CancellationToken cancellationToken) =>
        TradingAccount.OpenAsync(AccountStores.Open(Address.Parse(_state), one: true), new AccountOpening
        {
            Account = account,
            Broker = request.Broker,
            Factory = request.CreateBroker(catalogues.Brokers),
            Spec = production.Spec,
            Holder = $"granary live {Path.GetFileName(request.Production)}",
            OnKept = e => Log(e, production.Spec.Data.Timeframe),
        }, clock, cancellationToken);

    /// <summary>The file name of the log of decisions and transitions, in the run's folder.</summary>
    public const string LogFile = "session.log";

    private void Log(Engine.Brokerage.JournalEvent e, Timeframe timeframe)
    {
        if (_lines.Of(e, timeframe) is not { } line) return;
        if (_log is null)
        {
            Directory.CreateDirectory(folder);
            _log = new StreamWriter(Path.Combine(folder, LogFile), append: true) { AutoFlush = true, NewLine = "\n" };
        }
        _log.WriteLine(line);
    }

    /// <summary>Closes the log.</summary>
    public void Dispose() => _log?.Dispose();

    /// <inheritdoc/>
    public Task<ILiveFeed> OpenFeedAsync(DataSpec data, IReadOnlyList<BarQuery> markets, CancellationToken cancellationToken) =>
        OpenFeedAsync(request, catalogues, data, markets, clock, cancellationToken);

    /// <summary>Opens a feed at the location of its bars.</summary>
    /// <param name="sources">Opens the source of a replay; null opens it in this process.</param>
    public static async Task<ILiveFeed> OpenFeedAsync(SessionOptions request, GranaryCatalogues catalogues, DataSpec data,
        IReadOnlyList<BarQuery> markets, TimeProvider clock, CancellationToken cancellationToken,
        Func<DataSpec, IBarSource>? sources = null) =>
        !catalogues.LiveFeeds.IsStream(request.Bars)
        ? await BarReplay.OpenAsync((sources ?? (spec => BatchSources.Open(catalogues, spec)))(
            data with { Source = request.Bars, IsOfSession = true }), markets, request.ReadSpeed(), clock,
            cancellationToken: cancellationToken, closedOnly: request.Bars.Scheme != Address.Generated).ConfigureAwait(false)
        : await catalogues.LiveFeeds.OpenAsync(request.Bars, markets, clock, cancellationToken).ConfigureAwait(false);
}
