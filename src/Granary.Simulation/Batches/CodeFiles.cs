using System.Text;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.Batches;

/// <summary>
/// Replaces the paths in a batch's list <c>code</c> with the C# files that they name, so manifests and servers contain them.
/// </summary>
internal static class CodeFiles
{
    /// <summary>Reads a C# file.</summary>
    /// <exception cref="InputException">The file is missing, cannot be read, or is not UTF-8 text.</exception>
    public static CodeSource Read(string path)
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > 2 * CodeSource.MostBytes)
                throw new InputException($"{path} is too large: a C# file of a batch has {CodeSource.MostBytes} bytes at the most");
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; give the path of a C# file with a strategy", e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new InputException($"{path} is a folder; give the path of a C# file with a strategy", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message.TrimEnd('.')}; make it readable, or give another file", e);
        }
        try
        {
            return new CodeSource(Path.GetFileName(path), new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException($"{path} is not UTF-8 text; save it with that encoding", e);
        }
    }

    /// <param name="text">UTF-8 text. Line numbers stay unchanged.</param>
    /// <param name="folder">Base folder of relative paths.</param>
    /// <exception cref="InputException">A file is missing, cannot be read, or is not UTF-8 text.</exception>
    internal static byte[] Inline(byte[] text, string folder) => TextsInJson.Replace(text, [CodeSection.Key], file =>
    {
        try
        {
            var source = Read(Path.Combine(folder, file));
            return new JsonObject { ["name"] = source.Name, ["source"] = source.Text };
        }
        catch (InputException e)
        {
            throw new InputException($"{CodeSection.Key}: {e.Message}", e);
        }
    });
}
