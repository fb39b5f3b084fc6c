namespace Granary.Reporting.Runs;

/// <summary>Writes a file under another name and renames it when it is whole, so that nobody ever finds half of one.</summary>
public static class AtomicFile
{
    public static void Write(string path, Action<TextWriter> write) => Write(path, (Stream stream) =>
    {
        using var writer = new StreamWriter(stream, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    });

    public static void Write(string path, byte[] content) => Write(path, (Stream stream) => stream.Write(content));

    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + ".writing";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
