using Granary.Data.Journals;
using Granary.Postgres.Journals;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Sessions;

/// <summary>
/// A model of PostgreSQL as a journal uses it: rows that a commit keeps, connections that the server ends later than the client or
/// earlier, and one lock for each account, which a connection holds.
/// </summary>
/// <remarks>The rules are those of PostgreSQL's documentation: an advisory lock belongs to its session and ends with it; a statement whose
/// client is gone still runs to its end; an answer can be lost after the commit; idle_session_timeout ends what sends nothing.</remarks>
internal sealed class SimulatedDatabase
{
    // As PostgresTable sets it.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly Draws _draws;
    private readonly double _cut, _refused;

    public SimulatedDatabase(World world)
    {
        World = world;
        _draws = world.Draws.Fork("database");
        (_cut, _refused) = (_draws.Rate(0.05), _draws.Rate(0.1));
    }

    public World World { get; }

    /// <summary>Returns the rows of an account.</summary>
    public Account Of(string account)
    {
        if (!_accounts.TryGetValue(account, out var known)) _accounts.Add(account, known = new Account(account));
        return known;
    }

    /// <summary>Creates a client of the rows of an account.</summary>
    public IJournalTable Connect(string account, SimulatedProcess process) => new Table(this, Of(account), process, _draws.Guid());

    /// <summary>Ends all connections, as a restart of the server does.</summary>
    public void Restart()
    {
        World.Say("", "the database restarts");
        foreach (var account in _accounts.Values)
            foreach (var connection in account.Connections.ToList())
                End(account, connection);
    }

    private static void End(Account account, Connection connection)
    {
        connection.IsEnded = true;
        account.Connections.Remove(connection);
        if (account.Owner == connection) account.Owner = null;
    }

    /// <summary>The rows of an account.</summary>
    internal sealed class Account(string name)
    {
        public string Name => name;

        public List<JournalEntry> Entries { get; } = [];

        /// <summary>The session that wrote each entry.</summary>
        public List<Guid> Writers { get; } = [];

        public LeaseHolder? Holder { get; set; }

        public Connection? Owner { get; set; }

        public List<Connection> Connections { get; } = [];

        /// <summary>Each session that got the lock, with the number of entries then.</summary>
        public List<(SimulatedProcess Process, int Entries)> Leases { get; } = [];
    }

    /// <summary>A connection, as the server has it.</summary>
    internal sealed class Connection(SimulatedProcess process)
    {
        public SimulatedProcess Process => process;

        public bool IsEnded { get; set; }
    }

    private sealed class Table(SimulatedDatabase database, Account account, SimulatedProcess process, Guid session) : IJournalTable
    {
        private Connection? _connection;

        public string Name => $"postgres://simulated, account {account.Name}";

        public Guid Session => session;

        public bool IsConnected => _connection is not null;

        private World World => database.World;

        public async ValueTask ConnectAsync(CancellationToken cancellationToken)
        {
            if (_connection is { } old)
            {
                _connection = null;
                // Over a network that is gone, the server does not notice.
                if (!World.Faults.Happens("close lost", 0.2)) World.After(Latency(), World.Outside, "closes", () => End(account, old));
                else World.After(IdleTimeout, World.Outside, "idle connection ends", () => End(account, old));
            }
            _connection = await AskAsync("connects", () =>
            {
                if (World.Faults.Happens("connection refused", database._refused)) throw Lost();
                var connection = new Connection(process);
                account.Connections.Add(connection);
                Watch(connection);
                return connection;
            }, cancellationToken).ConfigureAwait(false);
        }

        // The server ends the connection of a process that sends nothing for the timeout.
        private void Watch(Connection connection) => World.After(TimeSpan.FromSeconds(1), World.Outside, "looks for idle connections", () =>
        {
            if (connection.IsEnded) return;
            if (process.IsDead && World.Now - process.DiedAt >= (process.IsLost ? IdleTimeout.Ticks : 0)
                || process.IsFrozen && World.Now - process.FrozenSince >= IdleTimeout.Ticks)
                End(account, connection);
            else Watch(connection);
        });

        public ValueTask<bool> TryLockAsync(CancellationToken cancellationToken)
        {
            var connection = _connection!;
            return AskAsync("locks", () =>
            {
                Require(connection);
                if (account.Owner is not null && account.Owner != connection) return false;
                if (account.Leases.Count == 0 || account.Leases[^1].Process != process)
                    account.Leases.Add((process, account.Entries.Count));
                account.Owner = connection;
                return true;
            }, cancellationToken);
        }

        public ValueTask<LeaseHolder?> FindHolderAsync(CancellationToken cancellationToken) =>
            AskAsync("reads the holder", () => account.Holder, cancellationToken);

        public async ValueTask SetHolderAsync(string holder, DateTimeOffset since, CancellationToken cancellationToken)
        {
            var connection = _connection!;
            await AskAsync("writes the holder", () =>
            {
                Require(connection);
                account.Holder = new LeaseHolder(holder, session);
                return true;
            }, cancellationToken).ConfigureAwait(false);
        }

        public ValueTask<TableEnd> FindEndAsync(CancellationToken cancellationToken) => AskAsync("reads the end", () =>
        {
            return account.Entries.Count == 0 ? default
                : new TableEnd(account.Entries[^1].Sequence, account.Entries.Count, account.Writers[^1]);
        }, cancellationToken);

        public ValueTask<bool> InsertAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
        {
            var (connection, rows) = (_connection!, entries.ToList());
            return AskAsync($"inserts {rows[0].Sequence} to {rows[^1].Sequence} of {account.Name}", () =>
            {
                Require(connection);
                if (rows[0].Sequence <= account.Entries.Count) return false;
                account.Entries.AddRange(rows);
                for (var i = 0; i < rows.Count; i++) account.Writers.Add(session);
                return true;
            }, cancellationToken);
        }

        public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var entries = await AskAsync("reads", () => account.Entries.Where(query.Wants).ToList(), cancellationToken)
                .ConfigureAwait(false);
            foreach (var entry in entries) yield return entry;
        }

        public ValueTask DisposeAsync()
        {
            if (_connection is not { } connection) return default;
            _connection = null;
            World.After(Latency(), World.Outside, "closes", () => End(account, connection));
            return default;
        }

        private TimeSpan Latency() => database._draws.Between(TimeSpan.FromMicroseconds(200), TimeSpan.FromMilliseconds(5));

        private static JournalException Lost() => new("the simulated database does not answer") { MayPass = true };

        private static void Require(Connection connection)
        {
            if (connection.IsEnded) throw Lost();
        }

        // A request and its answer. When the connection is cut, the request may arrive or not, and also later.
        private async ValueTask<T> AskAsync<T>(string what, Func<T> act, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (!World.Faults.Happens("database cut", database._cut))
                    return await process.CallAsync(what, Latency(), act, Latency()).ConfigureAwait(false);
                if (database._draws.Chance(0.7))
                    World.After(database._draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(15)), World.Outside,
                        $"{process.Name} {what} late", () => Try(act));
                await process.WaitAsync(database._draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(3)),
                    "loses the database").ConfigureAwait(false);
                throw Lost();
            }
            catch (JournalException)
            {
                // The server may keep the other end for a while.
                if (_connection is { } connection)
                    World.After(database._draws.Between(TimeSpan.FromMilliseconds(1), IdleTimeout), World.Outside, "cut connection ends",
                        () => End(account, connection));
                _connection = null;
                throw;
            }
        }

        private static void Try<T>(Func<T> act)
        {
            try
            {
                act();
            }
            catch (JournalException)
            {
                // The client does not wait for the answer.
            }
        }
    }
}
