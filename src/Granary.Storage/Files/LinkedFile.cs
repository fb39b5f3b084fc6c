namespace Granary.Storage.Files;

/// <summary>
/// The file that a path leads to. <see cref="FileInfo"/> describes a symbolic link itself; the files of a Secret of Kubernetes are links,
/// whose targets change.
/// </summary>
internal static class LinkedFile
{
    /// <summary>Follows symbolic links; returns the file itself where it is none, or does not exist.</summary>
    /// <exception cref="IOException">The links form a circle.</exception>
    public static FileInfo Of(FileInfo file) => file.Exists && file.Attributes.HasFlag(FileAttributes.ReparsePoint)
        ? (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)! : file;
}
