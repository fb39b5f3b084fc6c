using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Postgres.Journals;
using Granary.Simulated.Kernel;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>The accounts of a simulated database, as a process opens them.</summary>
internal sealed class SimulatedAccounts(SessionRun run, SimulatedProcess process) : IAccountStore, IBrokerFactory
{
    private readonly IAccountStore? _files = run.Files?.Of(process);

    public async Task<IJournal> OpenJournalAsync(string account, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        if (_files is not null)
        {
            var journal = await _files.OpenJournalAsync(account, holder, clock, cancellationToken).ConfigureAwait(false);
            // What an earlier process has stored and not acknowledged holds too.
            run.Acknowledge(account, await journal.ReadAsync(new JournalQuery(), cancellationToken).ToListAsync(cancellationToken)
                .ConfigureAwait(false));
            return new AcknowledgedJournal(journal, run, account);
        }
        return new AcknowledgedJournal(await PostgresJournal.OpenAsync(
            run.Database.Connect(account, process), account, clock, holder, cancellationToken).ConfigureAwait(false), run, account);
    }

    public Task<IJournal> OpenBrokerJournalAsync(string account, string broker, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) =>
        _files?.OpenBrokerJournalAsync(account, broker, holder, clock, cancellationToken)
            ?? OpenJournalAsync($"{account}.{broker}-venue", holder, clock, cancellationToken);

    public async Task<IReadOnlyList<JournalEntry>> PeekAsync(string account, JournalQuery query,
        CancellationToken cancellationToken = default)
    {
        if (_files is not null) return await _files.PeekAsync(account, query, cancellationToken).ConfigureAwait(false);
        await using var table = run.Database.Connect(account, process);
        return await table.ReadAsync(query, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default)
    {
        var journal = await environment.OpenJournalAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var venue = await PaperBroker.OpenAsync(run.Paper with { Cash = environment.Cash }, environment.Execution,
                environment.Instruments, journal, environment.Clock, cancellationToken).ConfigureAwait(false);
            return new MessageBroker(venue, run, process);
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Notes which entries were acknowledged as durable.
    private sealed class AcknowledgedJournal(IJournal inner, SessionRun run, string account) : IJournal
    {
        public string Name => inner.Name;

        public long Last => inner.Last;

        public string? Cut => inner.Cut;

        public async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            var appended = entries.ToList();
            await inner.AppendAsync(entries, cancellationToken).ConfigureAwait(false);
            run.Acknowledge(account, appended);
        }

        // A database stores at once what a file may lose with the power.
        public ValueTask WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
            run.Files is null ? AppendAsync(entries, cancellationToken) : inner.WriteAsync(entries, cancellationToken);

        public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(query, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
