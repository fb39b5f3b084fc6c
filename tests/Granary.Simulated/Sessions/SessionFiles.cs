using Granary.Data.Journals;
using Granary.Simulated.Disks;
using Granary.Simulated.Kernel;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>The journals of a session in files of its machine, as <c>--state FOLDER</c> keeps them.</summary>
internal sealed class SessionFiles
{
    private const string Folder = "/accounts/main";
    private readonly World _world;

    public SessionFiles(World world)
    {
        _world = world;
        var draws = world.Draws.Fork("files");
        Disk = new SimulatedDisk(world)
        {
            KillRate = draws.Rate(0.002),
            FullRate = draws.Rate(0.002),
            FlushFaultRate = draws.Rate(0.002),
            SlowRate = draws.Rate(0.02),
            IsTraced = false,
        };
        CutRate = draws.Rate(1);
    }

    public SimulatedDisk Disk { get; }

    /// <summary>The probability that the machine loses its power when the session's process dies.</summary>
    public double CutRate { get; }

    /// <summary>The accounts of the folder, as a process opens them.</summary>
    public IAccountStore Of(SimulatedProcess process) => new FolderAccounts("/accounts", disk: Disk.Of(process));

    /// <summary>The entries that the next process would find.</summary>
    public IReadOnlyList<JournalEntry> Entries(string account)
    {
        var disk = Disk.Of(_world.Outside);
        return disk.FileExists($"{Folder}/{NameOf(account)}") ? FileJournal.Peek(Folder, new JournalQuery(), NameOf(account), disk) : [];
    }

    private static string NameOf(string account) => account == SessionRun.Account ? "journal.grj" : "paper-venue.grj";
}
