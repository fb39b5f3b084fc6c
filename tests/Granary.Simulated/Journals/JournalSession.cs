using Granary.Data.Journals;
using Granary.Simulated.Disks;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Journals;

/// <summary>A session that opens the journal, appends, and ends in one of several ways.</summary>
internal sealed class JournalSession(World world, SimulatedDisk disk, JournalModel model, Draws draws)
{
    private const string Folder = "/accounts/paper";

    /// <summary>Whether the last session opened the journal.</summary>
    public bool HasOpened { get; private set; }

    /// <summary>Why the last session did not open the journal.</summary>
    public string? Fault { get; private set; }

    public async Task RunAsync(string name, int appends)
    {
        var process = world.Begin(name);
        (HasOpened, Fault) = (false, null);
        try
        {
            await RunAsync(process, appends).ConfigureAwait(false);
        }
        catch (KilledException)
        {
        }
        process.Kill();
        if (world.Faults.Happens("power cut", 0.5)) PowerCut();
    }

    private void PowerCut()
    {
        disk.PowerCut();
        model.PowerCut();
    }

    private async Task RunAsync(SimulatedProcess process, int appends)
    {
        FileJournal journal;
        try
        {
            journal = FileJournal.Open(Folder, process.Clock, process.Name, flush: model.IsFlushed, disk: disk.Of(process));
        }
        catch (JournalException e)
        {
            Oracle.Demand(!IsDamage(e), "no damage", $"{e.Message}");
            Fault = e.Message;
            return;
        }
        HasOpened = true;
        model.Opened(await AllAsync(journal).ConfigureAwait(false));
        for (var i = 0; i < appends; i++)
        {
            await world.Outside.WaitAsync(draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10)), "next")
                .ConfigureAwait(false);
            if (draws.Chance(0.1)) SecondOpener(process.Name);
            if (draws.Chance(0.1)) ReadBeside();
            if (await AppendAsync(process, journal).ConfigureAwait(false)) continue;
            break;
        }
        if (draws.Chance(0.5)) await DisposeAsync(journal).ConfigureAwait(false);
    }

    private static async Task DisposeAsync(FileJournal journal) => await journal.DisposeAsync().ConfigureAwait(false);

    // False if the journal refuses appends from now on.
    private async Task<bool> AppendAsync(SimulatedProcess process, FileJournal journal)
    {
        var isFlushed = draws.Chance(0.7);
        try
        {
            if (draws.Chance(0.1)) journal.Prepare();
            var entries = Entries(process, journal.Last);
            model.Begins(entries);
            await (isFlushed ? journal.AppendAsync(entries) : journal.WriteAsync(entries)).ConfigureAwait(false);
            model.Returned(isFlushed && model.IsFlushed);
            return true;
        }
        catch (JournalException)
        {
            try
            {
                await journal.AppendAsync(Entries(process, journal.Last)).ConfigureAwait(false);
            }
            catch (JournalException)
            {
                return false;
            }
            throw new OracleException("no append after a fault", "an append after a failed one was accepted");
        }
    }

    private List<JournalEntry> Entries(SimulatedProcess process, long last)
    {
        var count = draws.Between(1, 4);
        return [.. Enumerable.Range(1, count).Select(i =>
        {
            var payload = new byte[draws.Chance(0.2) ? draws.Between(0, 3000) : draws.Between(0, 200)];
            for (var b = 0; b < payload.Length; b++) payload[b] = (byte)draws.Below(256);
            return new JournalEntry(last + i, process.Clock.GetUtcNow(), "Fill", "S1", "BTC", payload);
        })];
    }

    private void SecondOpener(string holder)
    {
        var second = world.Begin("second");
        try
        {
            FileJournal.Open(Folder, second.Clock, "second", flush: model.IsFlushed, disk: disk.Of(second));
        }
        catch (LeaseException e)
        {
            Oracle.Demand(e.Message.Contains(holder, StringComparison.Ordinal)
                    || e.Message.Contains("another process", StringComparison.Ordinal),
                "one opener", $"the fault names another holder than {holder}: {e.Message}");
            second.Kill();
            return;
        }
        catch (KilledException)
        {
            return;
        }
        throw new OracleException("one opener", $"a second process opened the journal of {holder}");
    }

    private void ReadBeside()
    {
        var reader = world.Begin("reader");
        try
        {
            model.Read(FileJournal.Peek(Folder, new JournalQuery(), disk: disk.Of(reader)));
        }
        catch (JournalException e)
        {
            throw new OracleException("no damage", $"to a reader: {e.Message}");
        }
        catch (KilledException)
        {
        }
        reader.Kill();
    }

    private static async Task<List<JournalEntry>> AllAsync(FileJournal journal)
    {
        var entries = new List<JournalEntry>();
        await foreach (var entry in journal.ReadAsync(new JournalQuery()).ConfigureAwait(false)) entries.Add(entry);
        return entries;
    }

    private static bool IsDamage(JournalException e) => e.Message.Contains("is damaged", StringComparison.Ordinal)
        || e.Message.Contains("is not a journal", StringComparison.Ordinal);
}
