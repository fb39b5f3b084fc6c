using System.CommandLine;
using Granary.Engine;
using Granary.Reporting.Tables;
using Granary.Trading.Tables;

namespace Granary.Cli.Commands;

/// <summary><c>granary export RUN_DIR --format parquet|arrow</c>: tables of a finished run in a different format.</summary>
internal static class ExportCommand
{
    public static Command Create(CompositionRoot root)
    {
        var run = new Argument<string>("RUN_DIR") { Description = "a run's folder; with --host the id of a run on the server" };
        var format = new Option<string>("--format") { Required = true, Description = "parquet, arrow (a file) or arrow-stream" };
        var output = new Option<string?>("--out") { Description = "the folder to write to (RUN_DIR)" };
        var tables = new Option<string?>("--tables") { Description = "some tables, as trades,equity (all)" };
        var host = new Option<string?>("--host")
        {
            Description = "address of a server or of silos, such as http://a:8080,http://b:8080, that has the run"
        };
        var command = new Command("export", "Write tables of a finished run as Parquet or Arrow files.")
        {
            run, format, output, tables, host,
        };
        command.SetAction(async (call, token) =>
        {
            var (name, chosen) = (call.GetValue(run)!, call.GetValue(tables) is { } list ? Given.List(list) : null);
            var written = root.Catalogues(call).OutputFormats.TryGet(call.GetValue(format)!, out var known) ? known
                : throw new InputException($"--format {call.GetValue(format)}: {root.Catalogues(call).OutputFormats.Unknown(call.GetValue(format)!)}");
            if (call.GetValue(host) is { } server)
            {
                if (name.Length == 0 || name != Path.GetFileName(name))
                    throw new InputException($"RUN_DIR {name}: with --host give the id of a run, as the server lists it");
                await RemoteAsync(root, server, name, chosen, (written, call.GetValue(output) ?? name), token);
            }
            else
            {
                if (!Directory.Exists(name)) throw new InputException($"RUN_DIR {name}: there is no such folder; give that of a run");
                Write(name, TableExport.SourcesOf([.. Directory.EnumerateFiles(name).Select(f => Path.GetFileName(f)!)], chosen), written,
                    call.GetValue(output) ?? name);
            }
            return 0;
        });
        return command;
    }

    private static async Task RemoteAsync(CompositionRoot root, string host, string id, IReadOnlyList<string>? tables,
        (IOutputFormat Format, string Out) target, CancellationToken cancellationToken)
    {
        var temporary = Directory.CreateTempSubdirectory("granary-export-").FullName;
        try
        {
            using var client = root.Server(host);
            var files = await client.DownloadRunAsync(id, names => TableExport.SourcesOf(names, tables), temporary, cancellationToken);
            Write(temporary, files, target.Format, target.Out);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static void Write(string folder, IReadOnlyList<string> sources, IOutputFormat format, string output)
    {
        if (sources.Count == 0)
            throw new InputException($"RUN_DIR {folder}: the folder has no table of a run; give the folder of a run whose outputs have "
                + "some");
        foreach (var path in TableExport.Write(folder, sources, format, output)) Console.WriteLine(path);
    }
}
