UPDATE agents SET verified_window = NULL WHERE verified_window IS NOT NULL;
