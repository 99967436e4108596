using Dashboard.CommandLine;

return await DashboardCommand.RunAsync(args);
