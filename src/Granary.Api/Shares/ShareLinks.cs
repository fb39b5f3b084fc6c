using Granary.Simulation.RunFolders;
using Granary.Storage.Files;

namespace Granary.Api.Shares;

/// <summary>The links that were made to each run, one per line of a file in its folder.</summary>
internal sealed class ShareLinks(ShareSigner signer, RunLibrary runs)
{
    /// <summary>Records a link to a run that was made for others.</summary>
    public void Add(string run, string link)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = AtomicFile.OwnerOnly; // a link opens the run without a key
        using var writer = new StreamWriter(FileOf(run), options);
        writer.Write(link + "\n");
    }

    /// <summary>Whether a link to the run still opens it.</summary>
    public bool AnyIsValid(string run) => File.Exists(FileOf(run)) && File.ReadLines(FileOf(run)).Any(l => signer.RunOf(l) is not null);

    private string FileOf(string run) => Path.Combine(runs.PathOf(run), ".links");
}
