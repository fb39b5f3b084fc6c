using Granary.Simulation.RunFolders;

namespace Granary.Api.Shares;

/// <summary>The links that were made to each run, one per line of a file in its folder.</summary>
internal sealed class ShareLinks(ShareSigner signer, RunLibrary runs)
{
    /// <summary>Records a link to a run that was made for others.</summary>
    public void Add(string run, string link) => File.AppendAllLines(FileOf(run), [link]);

    /// <summary>Whether a link to the run still opens it.</summary>
    public bool AnyIsValid(string run) => File.Exists(FileOf(run)) && File.ReadLines(FileOf(run)).Any(l => signer.RunOf(l) is not null);

    private string FileOf(string run) => Path.Combine(runs.PathOf(run), ".links");
}
