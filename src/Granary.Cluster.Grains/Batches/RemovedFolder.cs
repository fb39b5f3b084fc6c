namespace Granary.Cluster.Grains.Batches;

/// <summary>Deletes folders of runs, so none is ever seen in part.</summary>
internal static class RemovedFolder
{
    /// <summary>Deletes a run's folder, and the rest of an earlier deletion that was interrupted.</summary>
    public static void Delete(string folder)
    {
        // Lists of runs do not show folders whose names begin with a point.
        var hidden = Path.Combine(Path.GetDirectoryName(folder)!, $".removed-{Path.GetFileName(folder)}");
        if (Directory.Exists(hidden)) Directory.Delete(hidden, recursive: true);
        if (!Directory.Exists(folder)) return;
        Directory.Move(folder, hidden);
        Directory.Delete(hidden, recursive: true);
    }
}
