using Granary.Cli;
using Granary.Cli.Commands;

_ = ElapsedTime.OfProcess;
Console.SetError(new MessageWriter(Console.Error));
var host = new CompositionRoot();
return await CommandLine.RunAsync(CommandTable.Create(host, args), host, args);
