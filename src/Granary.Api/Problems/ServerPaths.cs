namespace Granary.Api.Problems;

/// <summary>
/// Takes the folders of a confined server out of sentences: its callers name paths within its data folder, and are shown these. A server
/// of one user shows whole paths.
/// </summary>
internal sealed class ServerPaths(ApiSettings settings)
{
    private readonly (string Folder, string Shown)[] _folders = settings.Confined
        ? [.. new[] { (Path.GetFullPath(settings.DataFolder), "."), (Path.GetFullPath(settings.Runs), "runs") }
            .OrderByDescending(f => f.Item1.Length)] : [];

    /// <summary>The sentence for a caller.</summary>
    public string Shown(string sentence)
    {
        foreach (var (folder, shown) in _folders)
        {
            var within = folder + Path.DirectorySeparatorChar;
            sentence = sentence.Replace(within, shown == "." ? "" : $"{shown}/", StringComparison.Ordinal)
                .Replace(folder, shown, StringComparison.Ordinal);
        }
        return sentence;
    }
}
