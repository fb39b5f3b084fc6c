using Granary.Engine.Market;
using Granary.Storage.Files;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Granary.Data.Files;

/// <summary>Converts the operating system's errors about a file to the sentence that the user sees.</summary>
internal static class FileFaults
{
    /// <summary>Returns the exception for a failed read of <paramref name="path"/>.</summary>
    public static Exception Reading(string path, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            BarDataException.At(path, null, null, "the file does not exist", "check the path and its spelling", e),
        UnauthorizedAccessException when Directory.Exists(path) =>
            BarDataException.At(path, null, null, "this is a folder, not a file", "name a file in it", e),
        UnauthorizedAccessException =>
            new BarStoreException($"{path}: this account may not read it; grant read permission or run as its owner", e),
        ZstdException { Code: ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge } => BarDataException.At(path, null, null,
            "unpacking it takes a window of more than 128 MB", "pack it again without --long and --ultra", e),
        InvalidDataException or ZstdException or EndOfStreamException =>
            BarDataException.At(path, null, null, "the compressed data is damaged", "download or pack the file again", e),
        IOException => new BarStoreException($"{path}: the disk failed while it was read "
            + $"({FirstSentence(e.Message)}); check the disk and try again", e),
        _ => e,
    };

    /// <summary>
    /// Runs a step of a reader. What the reader did not expect of a file becomes a sentence with the file, so one file never ends a
    /// list or a run of others.
    /// </summary>
    /// <exception cref="BarDataException">The step failed.</exception>
    public static T Guarded<T>(string path, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (e is not (BarDataException or BarStoreException or OperationCanceledException or IOException
            or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw BarDataException.At(path, null, null, $"the reader failed on this file ({FirstSentence(e.Message)})",
                "export it again in another format, and report it with the file", e);
        }
    }

    /// <summary>Returns the exception for a failed write to <paramref name="path"/>.</summary>
    public static Exception Writing(string path, Exception e) => e switch
    {
        UnauthorizedAccessException =>
            new BarStoreException($"{path}: this account may not write there; grant write permission or choose another folder", e),
        DirectoryNotFoundException =>
            new BarStoreException($"{path}: the folder does not exist and could not be made; choose another folder", e),
        IOException when FullDisk.Is(e) =>
            new BarStoreException($"{path}: the disk is full, and nothing was changed; free some space and run it again", e),
        IOException => new BarStoreException($"{path}: the disk failed while it was written "
            + $"({FirstSentence(e.Message)}); nothing was changed, check the disk and try again", e),
        _ => e,
    };

    /// <summary>Opens a file for writing and creates its folder; failures have the messages of <see cref="Writing"/>.</summary>
    /// <exception cref="BarStoreException">The folder cannot be made or written.</exception>
    /// <exception cref="BarDataException">The file is not permitted.</exception>
    /// <param name="files">Where files may be written; null = everywhere.</param>
    public static AtomicFile Create(string path, PermittedFiles? files = null)
    {
        try
        {
            (files ?? PermittedFiles.All).OpenFolder(Path.GetDirectoryName(Path.GetFullPath(path))!, create: true).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Writing(path, e);
        }
        return new AtomicFile(path, Writing, files: files);
    }

    private static string FirstSentence(string message) => message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
