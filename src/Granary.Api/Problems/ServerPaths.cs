namespace Granary.Api.Problems;

/// <summary>
/// Removes the folders of a confined server from messages, so that callers see the paths within its data folder as they wrote them. A
/// server of one user shows full paths.
/// </summary>
internal sealed class ServerPaths(ApiSettings settings)
{
    private readonly (string Folder, string Shown)[] _folders = settings.Confined
        ? [.. new[] { (Path.GetFullPath(settings.DataFolder), "."), (Path.GetFullPath(settings.Runs), "runs") }
            .OrderByDescending(f => f.Item1.Length)] : [];

    /// <summary>Returns the message for a caller.</summary>
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
